package dev.sluice.split;

import dev.sluice.flow.FetchTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import dev.sluice.flow.url.HostBucket;
import dev.sluice.flow.url.WebUrl;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Deals the URLs of a part into tasks: by bucket, within a bucket round robin by host, so that a
/// task has many hosts.
final class Deal {
  private final int buckets;
  private final TreeMap<Integer, LinkedHashMap<String, Deque<Target>>> hosts = new TreeMap<>();

  Deal(int buckets) {
    this.buckets = buckets;
  }

  void add(WebUrl url, Target target) {
    hosts
        .computeIfAbsent(HostBucket.of(url, buckets), _ -> new LinkedHashMap<>())
        .computeIfAbsent(url.authority(), _ -> new ArrayDeque<>())
        .add(target);
  }

  /// The tasks, in the order of buckets; numbered from 0.
  List<FetchTask> tasks(SplitTask.Part part) {
    var tasks = new ArrayList<FetchTask>();
    hosts.forEach((bucket, byHost) -> {
      for (var targets : FetchTask.cut(roundRobin(byHost))) {
        var task = TaskId.planned(tasks.size());
        tasks.add(new FetchTask(part.job(), part.part(), task, bucket, targets, part.deadline()));
      }
    });
    return tasks;
  }

  private static List<Target> roundRobin(Map<String, Deque<Target>> byHost) {
    var dealt = new ArrayList<Target>();
    var queues = new ArrayDeque<>(byHost.values());
    while (!queues.isEmpty()) {
      var queue = queues.remove();
      dealt.add(queue.remove());
      if (!queue.isEmpty()) {
        queues.add(queue);
      }
    }
    return dealt;
  }
}
