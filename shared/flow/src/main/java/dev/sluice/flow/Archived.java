package dev.sluice.flow;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A task's archive, as far as others follow from it: pure functions of what lies there, so that
/// whoever reads the archive sends the same.
///
/// @param outcomes lines that ended in it
/// @param leftovers lines that did not
/// @param offset of the leftovers record, in bytes; 0 without one
/// @param length of that record, in bytes; 0 without one
/// @param deadline of the job
public record Archived(
    JobId job,
    int part,
    TaskId task,
    int outcomes,
    List<Leftover> leftovers,
    long offset,
    long length,
    Instant deadline) {
  public Archived {
    Rule.atLeast("outcomes", 0, outcomes);
    leftovers = List.copyOf(leftovers);
  }

  /// The archive of this task.
  ///
  /// @param leftovers of its end; all other lines of the task ended
  public static Archived of(FetchTask task, List<Leftover> leftovers, long offset, long length) {
    return new Archived(
        task.job(),
        task.part(),
        task.task(),
        task.targets().size() - leftovers.size(),
        leftovers,
        offset,
        length,
        task.deadline());
  }

  /// What has the archive read back; nothing, if no line ended in it.
  public Optional<ExtractTask> extract() {
    return outcomes == 0 ? Optional.empty() : Optional.of(new ExtractTask(job, part, task));
  }

  /// What has each group of leftovers dealt anew when it is due.
  public List<SplitTask.Leftovers> split() {
    return LeftoverGroups.of(leftovers).groups().stream()
        .map(group ->
            new SplitTask.Leftovers(
                job, part, task, group.number(), offset, length, group.due(), deadline))
        .toList();
  }

  /// The tasks that the groups become.
  public List<FetchTask> children() {
    return LeftoverGroups.of(leftovers).groups().stream()
        .map(group -> group.task(job, part, task, deadline))
        .toList();
  }
}
