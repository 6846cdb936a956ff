package dev.sluice.flow;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The archive of a task, and the messages that follow from it. They are pure functions of the
/// archive, so that whoever reads it sends the same.
///
/// @param outcomes lines whose ending it holds
/// @param leftovers lines of the task that have no ending yet
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
  /// @param leftovers from the archive's end; all other lines of the task ended
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

  /// The task to read the archive back; none, if no line ended in it.
  public Optional<ExtractTask> extract() {
    return outcomes == 0 ? Optional.empty() : Optional.of(new ExtractTask(job, part, task));
  }

  /// The tasks to deal each group of leftovers anew when it is due.
  public List<SplitTask.Leftovers> split() {
    return LeftoverGroups.of(leftovers).groups().stream()
        .map(group ->
            new SplitTask.Leftovers(
                job, part, task, group.number(), offset, length, group.due(), deadline))
        .toList();
  }

  /// The fetch tasks that the groups of leftovers become.
  public List<FetchTask> children() {
    return LeftoverGroups.of(leftovers).groups().stream()
        .map(group -> group.task(job, part, task, deadline))
        .toList();
  }
}
