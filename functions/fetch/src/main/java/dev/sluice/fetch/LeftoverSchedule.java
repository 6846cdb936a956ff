package dev.sluice.fetch;

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

  /// The URLs of a parked host are due when it is. At a host so slow that an invocation waits for
  /// no second slot each URL has a slot of its own. At other hosts all URLs are due at the first of
  /// a block of slots: one task then uses the slots in turn. Slots of another host group's hosts
  /// are not known here.
  private List<Leftover> ofOneHost(List<Result.LeftOver> overs) {
    var next = overs.getFirst().fetch().next();
    var hostGroup = HostGroup.of(next, round.settings().hostGroups());
    var host = round.hosts().at(next);
    var isParked = round.isOurs(next) && host.isParked(now);
    var hasSlots = round.isOurs(next) && !isParked;
    var isSlow = host.delay().compareTo(HostLanes.MOST_WAIT) > 0;
    var leftovers = new ArrayList<Leftover>();
    var slot = hasSlots && !isSlow ? host.reserve(overs.size(), now) : now;
    for (var over : overs) {
      if (hasSlots && isSlow) {
        slot = host.reserve(1, now);
      }
      var due = isParked ? host.parkedUntil() : later(slot, over.at());
      leftovers.add(new Leftover(over.fetch().target(), hostGroup, due, isParked));
    }
    return leftovers;
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
