package dev.sluice.async;

import org.jspecify.annotations.Nullable;

/// The receiver of the outcomes of a run.
interface Sink<T, R extends @Nullable Object> {
  /// Takes the next outcome, on the driver.
  ///
  /// @param index the place of the item among those that were pulled, from 0
  void accept(long index, Outcome<T, R> outcome);

  /// Whether no item may start until somebody has taken the outcomes that are here.
  default boolean isFull() {
    return false;
  }
}
