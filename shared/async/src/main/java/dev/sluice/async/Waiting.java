package dev.sluice.async;

/// An item that was pulled and waits for its start. [Lanes] keep it and give it back.
///
/// A run makes one for each attempt, and recognises it by identity.
///
/// @param <T> the item
@FunctionalInterface
public interface Waiting<T> {
  /// The item that waits.
  T item();
}
