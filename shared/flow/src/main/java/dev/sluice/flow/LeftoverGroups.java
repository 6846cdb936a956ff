package dev.sluice.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/// The leftovers of an archive in numbered groups, by host group and due time. The groups are a
/// pure function of the leftovers, so that whoever reads the archive numbers them alike.
///
/// @param groups in the order of host group, then due time; the first has number 1
public record LeftoverGroups(List<Group> groups) {
  /// Leftovers that are due within the same step go together.
  public static final Duration STEP = Duration.ofSeconds(15);

  /// Leftovers that become one task of the next round.
  ///
  /// @param number counted from 1
  /// @param due when the last of them is due; those of a parked host are due at once, others within
  ///   15 s
  public record Group(int number, int hostGroup, Instant due, List<Target> targets) {
    public Group {
      targets = List.copyOf(targets);
    }

    /// The task that the group becomes.
    ///
    /// @param from the task that left them over
    /// @param deadline of the job
    public FetchTask task(JobId job, int part, TaskId from, Instant deadline) {
      return new FetchTask(job, part, from.child(number), hostGroup, targets, deadline);
    }
  }

  public LeftoverGroups {
    groups = List.copyOf(groups);
  }

  /// Groups the leftovers; a group fits into one task.
  public static LeftoverGroups of(List<Leftover> leftovers) {
    var byHostGroup = new TreeMap<Integer, TreeMap<Instant, List<Leftover>>>();
    for (var leftover : leftovers) {
      byHostGroup
          .computeIfAbsent(leftover.hostGroup(), _ -> new TreeMap<>())
          .computeIfAbsent(step(leftover), _ -> new ArrayList<>())
          .add(leftover);
    }
    var groups = new ArrayList<Group>();
    byHostGroup.forEach((hostGroup, bySteps) ->
        bySteps.forEach((_, together) -> {
          var due = Collections.max(together.stream().map(Leftover::notBefore).toList());
          for (var targets : FetchTask.cut(together.stream().map(Leftover::target).toList())) {
            groups.add(new Group(groups.size() + 1, hostGroup, due, targets));
          }
        }));
    return new LeftoverGroups(groups);
  }

  private static Instant step(Leftover leftover) {
    var at = leftover.notBefore();
    if (leftover.parked()) {
      return at;
    }
    var seconds = at.getEpochSecond() + (at.getNano() > 0 ? 1 : 0);
    return Instant.ofEpochSecond(Math.ceilDiv(seconds, STEP.toSeconds()) * STEP.toSeconds());
  }
}
