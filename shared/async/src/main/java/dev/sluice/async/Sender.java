package dev.sluice.async;

import java.util.concurrent.CompletableFuture;

/// The sending end of a bounded queue, in this process or in SQS.
///
/// @param <T> the items
public interface Sender<T> {
  /// Sends when there is room, and waits for room until the deadline.
  ///
  /// @return completes with `true` when the item was taken, with `false` when the deadline passed
  ///   first and the item was not sent; exceptionally if the channel failed or is closed.
  ///   Cancelling it withdraws an item that still waits
  CompletableFuture<Boolean> send(T item, Deadline deadline);
}
