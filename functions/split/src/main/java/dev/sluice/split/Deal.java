package dev.sluice.split;

import dev.sluice.flow.FetchTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import dev.sluice.flow.url.HostGroup;
import dev.sluice.flow.url.WebUrl;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;

/// Deals the URLs of a part into tasks of one host group each: within a host group its hosts in
/// turn, so that a task has many hosts.
final class Deal {
  private final int hostGroups;
  private final TreeMap<Integer, LinkedHashMap<String, Deque<Target>>> hosts = new TreeMap<>();

  Deal(int hostGroups) {
    this.hostGroups = hostGroups;
  }

  void add(WebUrl url, Target target) {
    hosts
        .computeIfAbsent(HostGroup.of(url, hostGroups), _ -> new LinkedHashMap<>())
        .computeIfAbsent(url.authority(), _ -> new ArrayDeque<>())
        .add(target);
  }

  /// The tasks, numbered from 0, one of each host group in turn: so a queue at its mark holds tasks
  /// of as many host groups as there are, and each host group is fetched by one invocation at a
  /// time.
  List<FetchTask> tasks(SplitTask.Part part) {
    var groups = new ArrayList<Deque<Dealt>>();
    hosts.forEach((hostGroup, byHost) -> {
      var dealt = new ArrayDeque<Dealt>();
      for (var targets : FetchTask.cut(inTurn(byHost.values()))) {
        dealt.add(new Dealt(hostGroup, targets));
      }
      groups.add(dealt);
    });
    var tasks = new ArrayList<FetchTask>();
    for (var dealt : inTurn(groups)) {
      var task = TaskId.planned(tasks.size());
      tasks.add(
          new FetchTask(
              part.job(), part.part(), task, dealt.hostGroup, dealt.targets, part.deadline()));
    }
    return tasks;
  }

  private record Dealt(int hostGroup, List<Target> targets) {}

  private static <T> List<T> inTurn(Collection<Deque<T>> queues) {
    var all = new ArrayList<T>();
    var turn = new ArrayDeque<>(queues);
    while (!turn.isEmpty()) {
      var queue = turn.remove();
      all.add(queue.remove());
      if (!queue.isEmpty()) {
        turn.add(queue);
      }
    }
    return all;
  }
}
