package dev.sluice.fetch;

import dev.sluice.fetch.plan.HostLanes;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.LeftoverGroups;
import dev.sluice.flow.url.HostGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/// When what is left over comes back: it reserves its hosts' slots instead of waiting for them.
///
/// @param hostGroup whose hosts are known here
/// @param archiveMaxBytes how much one task may bring
record LeftoverSchedule(
    Hosts hosts, int hostGroups, int hostGroup, Instant now, long archiveMaxBytes) {
  /// The same URLs, each with its due time: a parked host's own; the slot of its own at a host so
  /// slow that an invocation waits for no second one; the first of a block of slots otherwise, for
  /// then one task uses all of them in turn.
  List<Leftover> leftovers(List<Result.LeftOver> left) {
    var byHost = new TreeMap<String, List<Result.LeftOver>>();
    apart(left).stream()
        .sorted(
            Comparator.comparing(Result.LeftOver::at)
                .thenComparingLong(over -> over.fetch().target.line()))
        .forEach(over ->
            byHost.computeIfAbsent(over.next().authority(), _ -> new ArrayList<>()).add(over));
    var leftovers = new ArrayList<Leftover>();
    byHost.forEach((host, overs) -> {
      var to = HostGroup.of(overs.getFirst().next(), hostGroups);
      var known = to == hostGroup;
      var parked = known && hosts.isParked(host, now);
      var isSlow = hosts.delay(host).compareTo(HostLanes.MOST_WAIT) > 0;
      var slot = known && !parked && !isSlow ? hosts.reserve(host, overs.size(), now) : now;
      for (var over : overs) {
        if (known && !parked && isSlow) {
          slot = hosts.reserve(host, 1, now);
        }
        var due = parked ? hosts.parkedUntil(host) : later(slot, over.at());
        leftovers.add(new Leftover(over.fetch().now(), to, due, parked));
      }
    });
    return leftovers;
  }

  /// What had no room once goes into tasks of its own, each with no more than half of an archive:
  /// due so far apart that no two become one task. All together again, few of them would find room,
  /// and the rest would be asked in vain once more.
  private List<Result.LeftOver> apart(List<Result.LeftOver> left) {
    var apart = new ArrayList<Result.LeftOver>();
    var at = now.plus(LeftoverGroups.STEP);
    var bytes = 0L;
    for (var over : left) {
      if (over.noRoom() == 0) {
        apart.add(over);
        continue;
      }
      if (bytes > 0 && bytes + over.noRoom() > archiveMaxBytes / 2) {
        at = at.plus(LeftoverGroups.STEP);
        bytes = 0;
      }
      bytes += over.noRoom();
      apart.add(new Result.LeftOver(over.fetch(), over.next(), at, over.noRoom()));
    }
    return apart;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
