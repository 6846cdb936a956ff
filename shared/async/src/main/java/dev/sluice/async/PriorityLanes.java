package dev.sluice.async;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.ToIntFunction;

/// Starts items by level. Level 0 is the most urgent, and an item gets more urgent while it waits.
///
/// Inside a level items start in the order of their offers, so only the heads of levels are
/// compared. The instant of the first poll after an offer stands for the instant of the offer,
/// which saves a reading of the clock.
final class PriorityLanes<T> implements Lanes<T> {
  private record Since<T>(Waiting<T> waiting, long nanos) {}

  private final ToIntFunction<? super T> level;
  private final long ageingNanos;
  private final Deque<Waiting<T>> fresh = new ArrayDeque<>();
  private final List<Deque<Since<T>>> levels = new ArrayList<>();

  PriorityLanes(ToIntFunction<? super T> level, int levels, long ageingNanos) {
    this.level = level;
    this.ageingNanos = ageingNanos;
    for (var i = 0; i < levels; i++) {
      this.levels.add(new ArrayDeque<>());
    }
  }

  @Override
  public void offer(Waiting<T> item) {
    WeightedLanes.checked(level.applyAsInt(item.item()), levels.size(), "level");
    fresh.add(item);
  }

  @Override
  public Next<T> poll(long nowNanos) {
    for (var item = fresh.poll(); item != null; item = fresh.poll()) {
      levels.get(level.applyAsInt(item.item())).add(new Since<>(item, nowNanos));
    }
    Deque<Since<T>> best = null;
    long bestUrgency = 0;
    for (var i = 0; i < levels.size(); i++) {
      var head = levels.get(i).peek();
      if (head == null) {
        continue;
      }
      var urgency = (nowNanos - head.nanos) / ageingNanos - i;
      // Of two equally urgent heads the one of the later level has waited longer.
      if (best == null || urgency >= bestUrgency) {
        best = levels.get(i);
        bestUrgency = urgency;
      }
    }
    return best == null ? new Next.Blocked<>() : new Next.Start<>(best.remove().waiting);
  }

  @Override
  public void ended(Waiting<T> item) {}

  @Override
  public List<Waiting<T>> drain() {
    var rest = new ArrayList<Waiting<T>>(fresh);
    fresh.clear();
    for (var each : levels) {
      each.forEach(since -> rest.add(since.waiting));
      each.clear();
    }
    return rest;
  }
}
