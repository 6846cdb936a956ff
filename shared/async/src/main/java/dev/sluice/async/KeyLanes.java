package dev.sluice.async;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Starts at most `most` items of a key at once. It remembers a key as long as one of its items
/// waits or runs.
final class KeyLanes<T> implements Lanes<T> {
  private static final class Lane<T> {
    final Deque<Waiting<T>> waiting = new ArrayDeque<>();
    int running;
  }

  private final Function<? super T, ?> key;
  private final int most;
  private final Map<Object, Lane<T>> lanes = new HashMap<>();

  // The lanes from which an item may start, each of them once.
  private final Deque<Lane<T>> ready = new ArrayDeque<>();

  KeyLanes(Function<? super T, ?> key, int most) {
    this.key = key;
    this.most = most;
  }

  @Override
  public void offer(Waiting<T> waiting) {
    var lane = lanes.computeIfAbsent(key.apply(waiting.item()), _ -> new Lane<>());
    lane.waiting.add(waiting);
    if (lane.waiting.size() == 1 && lane.running < most) {
      ready.add(lane);
    }
  }

  @Override
  public Next<T> poll(long nowNanos) {
    var lane = ready.poll();
    if (lane == null) {
      return new Next.Blocked<>();
    }
    var first = lane.waiting.remove();
    lane.running++;
    if (!lane.waiting.isEmpty() && lane.running < most) {
      ready.add(lane);
    }
    return new Next.Start<>(first);
  }

  @Override
  public void ended(Waiting<T> waiting) {
    var itsKey = key.apply(waiting.item());
    var lane = lanes.get(itsKey);
    if (lane == null) {
      throw new IllegalStateException("a key must stay the same, got " + itsKey);
    }
    if (lane.running-- == most && !lane.waiting.isEmpty()) {
      ready.add(lane);
    }
    if (lane.running == 0 && lane.waiting.isEmpty()) {
      lanes.remove(itsKey);
    }
  }

  @Override
  public List<Waiting<T>> drain() {
    var rest = new ArrayList<Waiting<T>>();
    for (var lane : lanes.values()) {
      rest.addAll(lane.waiting);
      lane.waiting.clear();
    }
    ready.clear();
    return rest;
  }
}
