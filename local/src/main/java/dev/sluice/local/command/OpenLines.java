package dev.sluice.local.command;

import dev.sluice.fetch.plan.HostMemories;
import dev.sluice.flow.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;

/// The lines of each host that have a plan and no row yet: the lines of plans less those of rows.
///
/// A line counts for the host in the list, wherever it was redirected. The time that a host takes
/// to answer is not known in advance; the time until it may be asked is. With more than 200,000
/// hosts at once all counts are dropped. One thread.
final class OpenLines {
  private static final int MOST_HOSTS = 200_000;

  /// A host with lines that have no row.
  ///
  /// @param lines without a row
  /// @param parked how long it asked not to be asked; zero if it did not
  /// @param takes how long its lines take if each is answered at once
  record HostLines(String name, int lines, Duration parked, Duration takes) {
    static HostLines of(String name, int lines, Duration parked, Duration delay) {
      return new HostLines(name, lines, parked, parked.plus(delay.multipliedBy(lines)));
    }
  }

  private final Map<String, Integer> lines = new HashMap<>();
  private final Map<String, Instant> parked = new HashMap<>();
  private boolean unknown;

  /// A part was planned.
  void planned(Plan plan) {
    for (var task : plan.tasks()) {
      for (var target : task.targets()) {
        add(host(target.listed()), 1);
      }
    }
  }

  /// A line that a plan has was given its row.
  ///
  /// @param url as the list has it
  void done(String url) {
    add(host(url), -1);
  }

  /// `fetch` put its memory of some hosts: until when each may not be asked.
  void remembered(HostMemories memories) {
    memories.hosts().forEach((name, memory) -> parked.put(name, memory.parkedUntil()));
    if (parked.size() > MOST_HOSTS) {
      parked.clear();
    }
  }

  /// An object was missed, so that no count holds.
  void lost() {
    unknown = true;
    lines.clear();
    parked.clear();
  }

  private void add(String host, int count) {
    if (unknown) {
      return;
    }
    lines.merge(host, count, (was, more) -> was + more == 0 ? null : was + more);
    if (lines.size() > MOST_HOSTS) {
      lost();
    }
  }

  /// The hosts that take longest even if each request is answered at once; the longest first.
  List<HostLines> longest(int most, Duration delay, Instant now) {
    var order =
        Comparator.comparing(HostLines::takes)
            .thenComparingInt(HostLines::lines)
            .thenComparing(HostLines::name, Comparator.reverseOrder());
    var longest = new PriorityQueue<HostLines>(order);
    lines.forEach((name, count) -> {
      if (count > 0) {
        longest.add(HostLines.of(name, count, parked(name, now), delay));
        if (longest.size() > most) {
          longest.remove();
        }
      }
    });
    return longest.stream().sorted(order.reversed()).toList();
  }

  private Duration parked(String host, Instant now) {
    var until = parked.getOrDefault(host, now);
    return until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
  }

  /// The host of a URL as the list has it, valid or not; only to be counted by and shown.
  static String host(String url) {
    var begin = url.indexOf("//");
    var rest = begin < 0 ? url : url.substring(begin + 2);
    var authority = rest.split("[/?#\\\\]", 2)[0];
    var name = authority.substring(authority.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    return name.replaceAll("[^a-z0-9.:\\[\\]_-]", "?");
  }
}
