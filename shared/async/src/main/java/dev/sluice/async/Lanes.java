package dev.sluice.async;

/// Decides which of the waiting items starts next, and when.
///
/// An iterator cannot say "not yet". A run offers what it pulls, polls when a permit is free, and
/// tells when an item has ended. All calls come from the driver of one run, one at a time, so lanes
/// need no lock and belong to one run.
///
/// @param <T> the item
public interface Lanes<T> {
  /// Takes one more waiting item.
  void offer(T item);

  /// What may start now. An item that is returned has left the waiting ones.
  ///
  /// @param nowNanos the run's monotonic clock
  Next<T> poll(long nowNanos);

  /// Tells that the work of an item that [#poll] gave has ended (not only its outcome).
  void ended(T item);

  /// Takes back every item that still waits, when the run stops; afterwards none waits.
  Iterable<T> drain();

  /// An answer to [#poll].
  sealed interface Next<T> {
    /// This item starts now.
    record Start<T>(T item) implements Next<T> {}

    /// Nothing before this instant of the monotonic clock, or until an item is offered or ends.
    record At<T>(long nanos) implements Next<T> {}

    /// Nothing until an item is offered or ends.
    record Blocked<T>() implements Next<T> {}

    /// Nothing more in this run: what waits ends as `NotStarted(LANES)`.
    record Stop<T>() implements Next<T> {}
  }
}
