package dev.sluice.flow;

/// A message on a queue. It is immutable, names its job, and holds no page.
public sealed interface Message permits SplitTask, FetchTask, ExtractTask, ReportTask {
  /// How often a message is fed again from a dead-letter queue, at most. It takes half an hour to
  /// become a dead letter once more, so this is a day: as long as S3 or SQS may be out of order.
  int MOST_FED_AGAIN = 48;

  /// The job that this message belongs to.
  JobId job();

  /// The FIFO group: its messages are handled one after the other. Standard queues do not use it.
  String groupId();

  /// An id that is the same when the same message is sent twice, up to 128 of `a-z0-9-_.`. It saves
  /// work; nothing depends on it.
  String deduplicationId();
}
