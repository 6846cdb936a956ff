package dev.sluice.local.mapping;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Fills a batch: asks the queue until there is enough, or the batching window is over.
///
/// The window begins with the first message. Without one, the first receive that gives anything is
/// all there is. It has no state but that of its source.
final class Gathering {
  /// The queue that is asked, and the batch that grows.
  interface BatchSource {
    /// Asks once and keeps what comes.
    ///
    /// @param seconds to wait for the first message
    /// @return whether the queue answered
    boolean ask(int seconds) throws InterruptedException;

    /// Whether something is kept.
    boolean hasAny();

    /// Whether enough is kept.
    boolean isFull();

    /// Waits; returns early if the mapping stops.
    void rest(Duration time) throws InterruptedException;

    boolean isStopping();
  }

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final BatchSource source;
  private final long windowNanos;
  private final int longPollSeconds;
  private final LongSupplier nanoClock;

  /// @param longPollSeconds what one receive waits at most
  Gathering(BatchSource source, Duration window, int longPollSeconds, LongSupplier nanoClock) {
    this.source = source;
    this.windowNanos = window.toNanos();
    this.longPollSeconds = longPollSeconds;
    this.nanoClock = nanoClock;
  }

  /// Returns when the batch need not grow, with nothing when one long poll gave nothing or the
  /// queue did not answer.
  void gather() throws InterruptedException {
    if (!source.hasAny() && (!source.ask(longPollSeconds) || !source.hasAny())) {
      return;
    }
    var end = nanoClock.getAsLong() + windowNanos;
    var last = windowNanos == 0;
    while (!last && !source.isFull() && !source.isStopping()) {
      var left = end - nanoClock.getAsLong();
      if (left < SECOND) {
        // SQS waits whole seconds: the rest of the window passes here, then once more without wait.
        source.rest(Duration.ofNanos(Math.max(0, left)));
        last = true;
      }
      if (!source.ask(Math.clamp(left / SECOND, 0, longPollSeconds))) {
        return;
      }
    }
  }
}
