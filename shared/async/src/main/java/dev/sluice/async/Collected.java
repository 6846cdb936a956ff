package dev.sluice.async;

import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/// A sink that gives outcomes to a collector. Only the driver fills it.
final class Collected<T, R extends @Nullable Object, A, Z> implements Sink<T, R> {
  private final Collector<? super Outcome<T, R>, A, Z> collector;
  private final A container;

  Collected(Collector<? super Outcome<T, R>, A, Z> collector) {
    this.collector = collector;
    this.container = collector.supplier().get();
  }

  @Override
  public void accept(long index, Outcome<T, R> outcome) {
    collector.accumulator().accept(container, outcome);
  }

  Z finish() {
    return collector.finisher().apply(container);
  }
}
