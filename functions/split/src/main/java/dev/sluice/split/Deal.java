package dev.sluice.split;

import static java.nio.charset.StandardCharsets.UTF_8;

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
  /// What a target's JSON needs besides its URLs, in bytes.
  private static final int TARGET_BYTES = 120;

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
      var task = new ArrayList<Target>();
      var bytes = 0;
      for (var target : roundRobin(byHost)) {
        var more = bytes(target);
        if (!task.isEmpty()
            && (task.size() == FetchTask.MAX_TARGETS || bytes + more > FetchTask.MAX_BYTES)) {
          tasks.add(task(part, tasks.size(), bucket, task));
          task.clear();
          bytes = 0;
        }
        task.add(target);
        bytes += more;
      }
      tasks.add(task(part, tasks.size(), bucket, task));
    });
    return tasks;
  }

  private static FetchTask task(SplitTask.Part part, int number, int bucket, List<Target> targets) {
    return new FetchTask(
        part.job(), part.part(), TaskId.planned(number), bucket, targets, part.deadline());
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

  private static int bytes(Target target) {
    return TARGET_BYTES
        + target.url().getBytes(UTF_8).length
        + target.listed().getBytes(UTF_8).length;
  }
}
