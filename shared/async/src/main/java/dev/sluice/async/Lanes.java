package dev.sluice.async;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/// Decides which of the waiting items starts next, and when.
///
/// An iterator cannot say "not yet". A run offers what it pulls, and what is to be tried again,
/// polls when a permit is free, and tells when the work of an item has ended. All calls come from
/// the driver of one run, one at a time, so lanes need no lock and belong to one run. Lanes order
/// what is inside the look-ahead of [FanOut#lanes], and see nothing beyond it.
///
/// @param <T> the item
public interface Lanes<T> {
  /// Takes one more waiting item.
  void offer(Waiting<T> waiting);

  /// What may start now. An item that is returned has left the waiting ones.
  ///
  /// @param nowNanos the run's monotonic clock
  Next<T> poll(long nowNanos);

  /// Tells that the work of an item that [#poll] gave has ended (not only its outcome).
  void ended(Waiting<T> waiting);

  /// Gives back every item that still waits, when the run stops; afterwards none waits.
  Iterable<? extends Waiting<T>> drain();

  /// An answer to [#poll].
  sealed interface Next<T> {
    /// This item starts now.
    record Start<T>(Waiting<T> waiting) implements Next<T> {}

    /// Nothing before this instant of the monotonic clock, or until an item is offered or ends.
    record At<T>(long nanos) implements Next<T> {}

    /// Nothing until an item is offered or ends.
    record Blocked<T>() implements Next<T> {}

    /// Nothing more in this run: what waits ends as `NotStarted(LANES)`.
    record Stop<T>() implements Next<T> {}
  }

  /// One item of a key at a time, in the order of the inputs; other keys go on.
  ///
  /// @param key of an item: the same each time it is asked
  static <T> Supplier<Lanes<T>> byKey(Function<? super T, ?> key) {
    return byKey(key, 1);
  }

  /// At most so many items of a key at a time; other keys go on. Keys that could start take turns.
  ///
  /// @param key of an item: the same each time it is asked
  /// @throws IllegalArgumentException if there are none at a time
  static <T> Supplier<Lanes<T>> byKey(Function<? super T, ?> key, int most) {
    if (most < 1) {
      throw new IllegalArgumentException("items of a key must be at least 1, got " + most);
    }
    return () -> new KeyLanes<>(key, most);
  }

  /// Each lane gets its share of the starts as long as something waits in it; what an empty lane
  /// does not use, the others share.
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

  /// The most urgent first; each `ageing` that an item waits makes it more urgent by one level, so
  /// that none waits for ever. Of two that are equally urgent the one that waits longer.
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
