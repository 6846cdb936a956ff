package dev.sluice.fetch.plan;

import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// The object `hosts/{group}.json`: hosts in the order of their names, so that the same memories
/// are written as the same bytes.
public record HostMemories(Map<String, HostMemory> hosts) {
  /// The most bytes of robots.txt, over all hosts of the group: every task reads this object and
  /// writes it. Beyond, the files that are asked again soonest lose their rules, and if that is not
  /// enough they are forgotten.
  static final int MAX_ROBOTS_BYTES = 256 * 1024;

  /// The memories before the first invocation.
  public static final HostMemories NONE = new HostMemories(Map.of());

  public HostMemories {
    hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
  }

  /// The same without reservations: for a caller that knows that nobody comes back for them.
  public HostMemories withoutReservations() {
    var free = new TreeMap<String, HostMemory>();
    hosts.forEach((host, memory) -> free.put(host, memory.withNextStart(Instant.EPOCH)));
    return new HostMemories(free);
  }

  HostMemories bounded() {
    return cut(HostMemory::withoutRules).cut(HostMemory::withoutRobots);
  }

  private HostMemories cut(UnaryOperator<HostMemory> less) {
    var bytes = hosts.values().stream().mapToInt(HostMemory::robotsBytes).sum();
    if (bytes <= MAX_ROBOTS_BYTES) {
      return this;
    }
    var bounded = new TreeMap<>(hosts);
    var soonest =
        hosts.entrySet().stream()
            .sorted(Comparator.comparing(each -> each.getValue().robotsUntil()))
            .toList();
    for (var each : soonest) {
      if (bytes <= MAX_ROBOTS_BYTES) {
        break;
      }
      var cut = less.apply(each.getValue());
      bytes -= each.getValue().robotsBytes() - cut.robotsBytes();
      bounded.put(each.getKey(), cut);
    }
    return new HostMemories(bounded);
  }
}
