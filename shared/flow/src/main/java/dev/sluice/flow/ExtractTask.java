package dev.sluice.flow;

/// To `extract`: an archive to read back. Where it lies follows from job, part and task.
public record ExtractTask(JobId job, int part, TaskId task) implements Message {
  public ExtractTask {
    Rule.atLeast("part", 0, part);
  }

  @Override
  public String groupId() {
    return job.name();
  }

  @Override
  public String deduplicationId() {
    return job + "-" + part + "-" + task;
  }
}
