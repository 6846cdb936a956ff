package dev.sluice.bench.fanout;

import java.util.Iterator;

/// So many times the same item, which costs nothing to make; not a collection.
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
