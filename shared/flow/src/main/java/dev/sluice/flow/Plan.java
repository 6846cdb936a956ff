package dev.sluice.flow;

import java.util.List;

/// What became of the lines of a part: the commit point of `split`. A function of the manifest and
/// the part's number alone, so that splitting again gives the same.
///
/// @param accepted lines that get a row
/// @param counts of the lines that are never fetched; their rows are stored already
/// @param tasks for the others
/// @param keys of the URLs that were new in this part, each 16 bytes and its line in 8, in base 64
/// @param last whether no part follows
/// @param nextOffset where the next part begins, in bytes of the manifest as inflated
/// @param nextLine its first line, counted from 1
public record Plan(
    JobId job,
    int part,
    long accepted,
    Counts counts,
    List<FetchTask> tasks,
    String keys,
    boolean last,
    long nextOffset,
    long nextLine) {
  public Plan {
    Rule.atLeast("part", 0, part);
    tasks = List.copyOf(tasks);
    var targets = tasks.stream().mapToLong(task -> task.targets().size()).sum();
    if (counts.rows() + targets != accepted) {
      throw new IllegalArgumentException(
          "rows and targets must sum to accepted = "
              + accepted
              + ", got "
              + counts.rows()
              + " and "
              + targets);
    }
  }

  /// What the books are told of it.
  public Tally.Planned planned() {
    return new Tally.Planned(job, part, accepted, counts, tasks.size(), last);
  }
}
