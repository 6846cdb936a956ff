package dev.sluice.flow;

import dev.sluice.async.Deadline;
import dev.sluice.async.Sender;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// A queue as a stage sees it: it takes messages, and delivers each at least once.
///
/// @param <M> the messages of the queue
public interface Outbox<M extends Message> extends Sender<M> {
  /// The most that a queue delays a message.
  Duration MAX_DELAY = Duration.ofMinutes(15);

  /// Sends now, waiting while the queue is over its high-water mark, until the deadline.
  ///
  /// @return completes with `true` when the queue has the message, with `false` when the deadline
  ///   passed while it was still waiting; with [Unavailable] when the queue could not take it, with
  ///   an `IllegalStateException` when it refused the message itself. Futures complete on a thread
  ///   of the adapter: [dev.sluice.async.Run#resume] brings them back.
  @Override
  CompletableFuture<Boolean> send(M message, Deadline deadline);

  /// How long sends have waited at the high-water mark so far, in all: from when the queue was seen
  /// full until it was seen to have room, or until no send waited any more. Zero without a mark.
  default Duration heldBack() {
    return Duration.ZERO;
  }

  /// Sends at once, whatever the mark, and has the queue hide the message.
  ///
  /// @param delay at most [#MAX_DELAY], whole seconds (rounded up); must be zero on a FIFO queue,
  ///   which delays no single message
  /// @throws IllegalArgumentException if the queue cannot delay a message so long
  CompletableFuture<Boolean> sendLater(M message, Duration delay, Deadline deadline);
}
