package dev.sluice.flow;

/// To `extract`: an archive to read back. Where it lies follows from job, part and task.
///
/// @param fedAgain how often it came back from a dead-letter queue; in its deduplication id, for
///   within five minutes a FIFO queue would drop it as one that it has
public record ExtractTask(JobId job, int part, TaskId task, int fedAgain) implements Message {
  public ExtractTask {
    Rule.atLeast("part", 0, part);
    Rule.atLeast("fedAgain", 0, fedAgain);
  }

  /// A task that was never a dead letter.
  public ExtractTask(JobId job, int part, TaskId task) {
    this(job, part, task, 0);
  }

  /// The same, once more back from a dead-letter queue.
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
