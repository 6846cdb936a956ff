package dev.sluice.undeliverable;

/// The end that a dead letter was given.
enum DeadLetterEnd {
  /// It was sent once more to the function that it came from.
  FED_AGAIN,

  /// Each URL of a fetch task was left over for a task of its own.
  SINGLED_OUT,

  /// The one URL of a fetch task ended as `lost`.
  LOST,

  /// The lines of a split task end as `gave_up`.
  GAVE_UP,

  /// The archive was extracted here, its pages unread.
  EXTRACTED,

  /// The books of the job are rebuilt.
  REBUILD,

  /// The message was put into the bucket.
  KEPT
}
