package dev.sluice.bench.guarantees;

import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// The numbers from 0 to `count` − 1. Each is made once, when it is pulled. It is no collection.
final class Inputs implements Iterable<Integer> {
  private final int count;
  private final IntConsumer onPull;
  private final AtomicInteger pulled = new AtomicInteger();

  Inputs(int count, IntConsumer onPull) {
    this.count = count;
    this.onPull = onPull;
  }

  static Inputs of(int count) {
    return new Inputs(count, _ -> {});
  }

  int pulled() {
    return pulled.get();
  }

  @Override
  public Iterator<Integer> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return pulled.get() < count;
      }

      @Override
      public Integer next() {
        var item = pulled.getAndIncrement();
        onPull.accept(item);
        return item;
      }
    };
  }
}
