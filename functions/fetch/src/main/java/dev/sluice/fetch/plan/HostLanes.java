package dev.sluice.fetch.plan;

import dev.sluice.async.Lanes;
import dev.sluice.async.Run;
import dev.sluice.async.Waiting;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;

/// Politeness as lanes: a lane a host, each with its permits and its next start.
///
/// When no request is under way and the next start is more than [#MOST_WAIT] away, the round ends:
/// waiting is not paid for. When none may start any more, those under way go on to their end.
public final class HostLanes<T> implements Lanes<T> {
  /// A wait up to this happens inside the round.
  public static final Duration MOST_WAIT = Duration.ofSeconds(2);

  private final Hosts hosts;
  private final Run run;
  private final Function<T, String> hostOf;
  private final IntPredicate open;
  private final Map<String, Deque<Waiting<T>>> waiting = new LinkedHashMap<>();
  private int underWay;

  /// @param hostOf the host that an item asks first; must not change
  /// @param open whether one more item may start, whatever is due, beside so many under way
  public HostLanes(Hosts hosts, Run run, Function<T, String> hostOf, IntPredicate open) {
    this.hosts = hosts;
    this.run = run;
    this.hostOf = hostOf;
    this.open = open;
  }

  @Override
  public void offer(Waiting<T> item) {
    waiting.computeIfAbsent(hostOf.apply(item.item()), _ -> new ArrayDeque<>()).add(item);
  }

  @Override
  public Next<T> poll(long nowNanos) {
    if (!open.test(underWay)) {
      return underWay > 0 ? new Next.Blocked<>() : new Next.Stop<>();
    }
    var now = run.now();
    Duration soonest = null;
    for (var lane : waiting.entrySet()) {
      var host = hosts.at(lane.getKey());
      if (!host.hasPermit()) {
        continue;
      }
      var wait = Duration.between(now, host.due());
      if (!wait.isPositive()) {
        return new Next.Start<>(take(lane.getKey(), lane.getValue()));
      }
      if (soonest == null || wait.compareTo(soonest) < 0) {
        soonest = wait;
      }
    }
    if (soonest == null) {
      return new Next.Blocked<>();
    }
    return soonest.compareTo(MOST_WAIT) > 0 && underWay == 0
        ? new Next.Stop<>()
        : new Next.At<>(nowNanos + soonest.toNanos());
  }

  private Waiting<T> take(String host, Deque<Waiting<T>> lane) {
    var item = lane.remove();
    waiting.remove(host);
    if (!lane.isEmpty()) {
      waiting.put(host, lane); // to the end: hosts take turns
    }
    hosts.at(host).begin(run.now());
    underWay++;
    return item;
  }

  @Override
  public void ended(Waiting<T> item) {
    underWay--;
    hosts.at(hostOf.apply(item.item())).end();
  }

  @Override
  public Iterable<Waiting<T>> drain() {
    List<Waiting<T>> rest = new ArrayList<>();
    waiting.values().forEach(rest::addAll);
    waiting.clear();
    return rest;
  }
}
