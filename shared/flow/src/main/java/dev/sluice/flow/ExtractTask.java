package dev.sluice.flow;

/// Asks `extract` to read an archive back. The archive's key follows from job, part and task.
///
/// @param fedAgain how often it came back from a dead-letter queue. The deduplication id holds it,
///   for a FIFO queue drops for five minutes every message of an id that it has taken
public record ExtractTask(JobId job, int part, TaskId task, int fedAgain) implements Message {
  public ExtractTask {
    Rule.atLeast("part", 0, part);
    Rule.atLeast("fedAgain", 0, fedAgain);
  }

  /// A task that was never a dead letter.
  public ExtractTask(JobId job, int part, TaskId task) {
    this(job, part, task, 0);
  }

  /// This task, once more back from a dead-letter queue.
  public ExtractTask feedAgain() {
    return new ExtractTask(job, part, task, fedAgain + 1);
  }

  @Override
  public String groupId() {
    return job.name();
  }

  @Override
  public String deduplicationId() {
    return job + "-" + part + "-" + task + "-" + fedAgain;
  }
}
