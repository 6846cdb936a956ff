package dev.sluice.async;

import org.jspecify.annotations.Nullable;

/// Where a run delivers.
interface Sink<T, R extends @Nullable Object> {
  /// Takes the next outcome, on the driver.
  ///
  /// @param index the place of the item among those that were pulled, from 0
  void accept(long index, Outcome<T, R> outcome);

  /// Whether nothing more may start before somebody has taken what is here.
  default boolean isFull() {
    return false;
  }
}
