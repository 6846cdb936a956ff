package dev.sluice.flow;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/// The queue that a function is fed from, for messages that it gives back: how long each stays
/// hidden, instead of what is left of the queue's own visibility.
@FunctionalInterface
public interface Visibilities {
  /// Hides messages that are in flight.
  ///
  /// @param byReceipt receipt handles of this invocation, and for how long each is hidden from now:
  ///   whole seconds (rounded up), at most 12 h; zero gives it back at once
  /// @return completes on a thread of the adapter when all are changed, exceptionally when one was
  ///   not; it then keeps what it had
  CompletionStage<?> change(Map<String, Duration> byReceipt);
}
