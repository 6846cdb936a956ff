package dev.sluice.async;

/// An item that was pulled and waits for its start: what [Lanes] keep and give back.
///
/// A run makes one for each attempt, and knows it again by identity.
///
/// @param <T> the item
@FunctionalInterface
public interface Waiting<T> {
  /// The item that waits.
  T item();
}
