package dev.sluice.fetch;

import dev.sluice.fetch.plan.Host;
import dev.sluice.fetch.plan.HostLanes;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.LeftoverGroups;
import dev.sluice.flow.url.HostGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/// When each URL that is left over comes back: it reserves a slot of its host instead of waiting
/// for one.
record LeftoverSchedule(RoundContext round, Instant now) {
  /// The same URLs, each with its due time.
  List<Leftover> leftovers(List<Result.LeftOver> left) {
    var byHost = new TreeMap<String, List<Result.LeftOver>>();
    apart(left).stream()
        .sorted(
            Comparator.comparing(Result.LeftOver::at)
                .thenComparingLong(over -> over.fetch().line()))
        .forEach(over ->
            byHost
                .computeIfAbsent(over.fetch().next().authority(), _ -> new ArrayList<>())
                .add(over));
    var leftovers = new ArrayList<Leftover>();
    byHost.values().forEach(overs -> leftovers.addAll(ofOneHost(overs)));
    return leftovers;
  }

  private List<Leftover> ofOneHost(List<Result.LeftOver> overs) {
    var next = overs.getFirst().fetch().next();
    var host = round.hosts().at(next);
    if (!round.isOurs(next)) {
      var hostGroup = HostGroup.of(next, round.settings().hostGroups());
      return overs.stream()
          .map(over -> leftover(over, hostGroup, later(now, over.at()), false))
          .toList();
    }
    if (host.isParked(now)) {
      return overs.stream()
          .map(over -> leftover(over, round.hostGroup(), host.parkedUntil(), true))
          .toList();
    }
    return inSlots(host, overs);
  }

  /// At a host so slow that an invocation waits for no second slot each URL has a slot of its own.
  /// At other hosts all URLs are due at the first of a block of slots: one task then uses the slots
  /// in turn.
  private List<Leftover> inSlots(Host host, List<Result.LeftOver> overs) {
    var isSlow = host.delay().compareTo(HostLanes.MOST_WAIT) > 0;
    var leftovers = new ArrayList<Leftover>();
    var slot = isSlow ? now : host.reserve(overs.size(), now);
    for (var over : overs) {
      if (isSlow) {
        slot = host.reserve(1, now);
      }
      leftovers.add(leftover(over, round.hostGroup(), later(slot, over.at()), false));
    }
    return leftovers;
  }

  private static Leftover leftover(
      Result.LeftOver over, int hostGroup, Instant due, boolean isParked) {
    return new Leftover(over.fetch().target(), hostGroup, due, isParked);
  }

  /// URLs whose body had no room once go into tasks of their own, each with no more than half of an
  /// archive: due so far apart that no two become one task. All together again, few of them would
  /// find room, and the rest would be asked in vain once more.
  private List<Result.LeftOver> apart(List<Result.LeftOver> left) {
    var apart = new ArrayList<Result.LeftOver>();
    var at = now.plus(LeftoverGroups.STEP);
    var bytes = 0L;
    for (var over : left) {
      if (over.noRoom() == 0) {
        apart.add(over);
        continue;
      }
      if (bytes > 0 && bytes + over.noRoom() > round.settings().archiveMaxBytes() / 2) {
        at = at.plus(LeftoverGroups.STEP);
        bytes = 0;
      }
      bytes += over.noRoom();
      apart.add(new Result.LeftOver(over.fetch(), at, over.noRoom()));
    }
    return apart;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
