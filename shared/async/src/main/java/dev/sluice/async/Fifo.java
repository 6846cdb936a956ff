package dev.sluice.async;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The lanes of a run that has none: first come, first started.
final class Fifo<T> implements Lanes<T> {
  private final Deque<T> waiting = new ArrayDeque<>();

  @Override
  public void offer(T item) {
    waiting.add(item);
  }

  @Override
  public Next<T> poll(long nowNanos) {
    var first = waiting.poll();
    return first == null ? new Next.Blocked<>() : new Next.Start<>(first);
  }

  @Override
  public void ended(T item) {}

  @Override
  public Iterable<T> drain() {
    var rest = List.copyOf(waiting);
    waiting.clear();
    return rest;
  }
}
