package dev.sluice.flow;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/// The queue that feeds a function, for messages that the function gives back: it hides each for a
/// time of its own instead of the queue's visibility.
@FunctionalInterface
public interface Visibilities {
  /// Hides messages that are in flight.
  ///
  /// @param byReceipt receipt handles of this invocation, and for how long each is hidden from now:
  ///   whole seconds (rounded up), at most 12 h; zero gives it back at once
  /// @return completes on a thread of the adapter when all are changed, exceptionally when one was
  ///   not; that one keeps its visibility
  CompletionStage<?> change(Map<String, Duration> byReceipt);
}
