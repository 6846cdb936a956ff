package dev.sluice.split;

/// How `split` ended with a message.
enum SplitResult {
  /// The part was planned, and all of its tasks were sent.
  PLANNED,

  /// The plan was there already; the tasks that were not sent yet were sent.
  AGAIN,

  /// The queue of fetch stayed full, and the rest of the part waits for another turn.
  YIELDED,

  /// A group of leftovers became a task.
  DEALT,

  /// A group of leftovers is not due yet, and was sent again with a delay.
  EARLY,

  /// Nothing was done: the manifest was put anew.
  ANOTHER_LIST
}
