package dev.sluice.flow;

/// What travels on a queue. Immutable, names its job, and holds no page.
public sealed interface Message permits SplitTask, FetchTask, ExtractTask, ReportTask {
  /// How often a message is fed again from a dead-letter queue, at most. Until it is a dead letter
  /// once more takes half an hour, so this is a day: as long as S3 or SQS may be out of order.
  int MOST_FED_AGAIN = 48;

  /// The job that this message belongs to.
  JobId job();

  /// The FIFO group: what shares it is handled one after the other. Not used on standard queues.
  String groupId();

  /// The same for the same message sent twice, up to 128 of `a-z0-9-_.`. It saves work; nothing
  /// depends on it.
  String deduplicationId();
}
