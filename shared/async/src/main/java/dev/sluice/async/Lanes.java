package dev.sluice.async;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/// Decides which of the waiting items starts next, and when.
///
/// Lanes exist because an iterator cannot say "not yet". A run offers each item that it pulls or
/// will retry, polls when a permit is free, and says when the work of an item has ended. All calls
/// come from the driver of one run, one at a time, so lanes need no lock and belong to one run.
/// Lanes order the items inside the look-ahead of [FanOut#lanes], and see no item beyond it.
///
/// @param <T> the item
public interface Lanes<T> {
  /// Takes one more waiting item.
  void offer(Waiting<T> waiting);

  /// Says which item may start now, if any. An item that it returns no longer waits.
  ///
  /// @param nowNanos the run's monotonic clock
  Next<T> poll(long nowNanos);

  /// Hears that the work of an item that [#poll] gave has ended; its outcome may have come before.
  void ended(Waiting<T> waiting);

  /// Gives back every item that still waits, because the run stops; afterwards no item waits.
  Iterable<? extends Waiting<T>> drain();

  /// An answer to [#poll].
  sealed interface Next<T> {
    /// This item starts now.
    record Start<T>(Waiting<T> waiting) implements Next<T> {}

    /// No item may start before this instant of the monotonic clock, or until an item is offered or
    /// ends.
    record At<T>(long nanos) implements Next<T> {}

    /// No item may start until an item is offered or ends.
    record Blocked<T>() implements Next<T> {}

    /// No item may start in this run any more: items that wait end as `NotStarted(LANES)`.
    record Stop<T>() implements Next<T> {}
  }

  /// Starts one item of a key at a time, in the order of the inputs; other keys go on.
  ///
  /// @param key of an item: the same each time it is asked
  static <T> Supplier<Lanes<T>> byKey(Function<? super T, ?> key) {
    return byKey(key, 1);
  }

  /// Starts at most `most` items of a key at a time; other keys go on. Keys with an item that may
  /// start take turns.
  ///
  /// @param key of an item: the same each time it is asked
  /// @throws IllegalArgumentException if `most` is below 1
  static <T> Supplier<Lanes<T>> byKey(Function<? super T, ?> key, int most) {
    if (most < 1) {
      throw new IllegalArgumentException("items of a key must be at least 1, got " + most);
    }
    return () -> new KeyLanes<>(key, most);
  }

  /// Gives each lane its share of the starts as long as an item waits in it; the other lanes divide
  /// the share of an empty lane.
  ///
  /// @param lane of an item, from 0, below the number of weights
  /// @param weights of lane 0, 1, …; above 0
  /// @throws IllegalArgumentException if there is no weight, or one is not above 0
  static <T> Supplier<Lanes<T>> weighted(ToIntFunction<? super T> lane, int... weights) {
    var shares = weights.clone();
    if (shares.length == 0) {
      throw new IllegalArgumentException("there must be at least 1 weight, got 0");
    }
    for (var weight : shares) {
      if (weight < 1) {
        throw new IllegalArgumentException("a weight must be at least 1, got " + weight);
      }
    }
    return () -> new WeightedLanes<>(lane, shares);
  }

  /// Starts the most urgent item first. Each `ageing` that an item waits makes it more urgent by
  /// one level, so that none waits for ever. Of two equally urgent items the one that has waited
  /// longer starts.
  ///
  /// @param level of an item, from 0, which is the most urgent, below `levels`
  /// @throws IllegalArgumentException if there is no level or ageing is not positive
  static <T> Supplier<Lanes<T>> priority(
      ToIntFunction<? super T> level, int levels, Duration ageing) {
    if (levels < 1) {
      throw new IllegalArgumentException("levels must be at least 1, got " + levels);
    }
    if (!ageing.isPositive()) {
      throw new IllegalArgumentException("ageing must be positive, got " + ageing);
    }
    return () -> new PriorityLanes<>(level, levels, ageing.toNanos());
  }
}
