package dev.sluice.bench.fanout;

import java.util.Iterator;

/// The same item `count` times, which costs nothing to make. It is no collection.
record Items(int count) implements Iterable<Integer> {
  private static final Integer ITEM = 1;

  @Override
  public Iterator<Integer> iterator() {
    return new Iterator<>() {
      private int given;

      @Override
      public boolean hasNext() {
        return given < count;
      }

      @Override
      public Integer next() {
        given++;
        return ITEM;
      }
    };
  }
}
