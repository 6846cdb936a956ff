package dev.sluice.async;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A blocking bridge around one asynchronous stage: the only place that waits.
///
/// The caller's thread is the run's serial executor until the stage has ended, so a stage needs no
/// thread of its own and its state no lock.
///
/// What is still under way when the caller leaves, at its deadline, interrupted, or because the
/// stage has ended without it, is wound up: the fan-outs of the run are cancelled as by their own
/// `cancel`, and what `resume`, `sleep` and the executor hold, and what is chained on it, still
/// happens, one thing at a time. The caller does what can be done at once, for at most 100 ms; what
/// comes later is done when it comes, on a cancel thread of the library. Where the process is
/// frozen between invocations, as on Lambda, that is when it thaws.
public final class Island {
  private static final Duration WIND_UP = Duration.ofMillis(100);

  private Island() {}

  /// Runs the stage on the calling thread and returns its result.
  ///
  /// @param deadline what the stage sees as its own; it should end by itself before
  /// @param grace how much longer the island waits when it does not
  /// @throws TimeoutException if the stage has not ended by then; it is wound up
  /// @throws InterruptedException if the caller was interrupted; the stage is wound up
  /// @throws Exception what the stage failed with, `CompletionException` taken off
  public static <R extends @Nullable Object> R run(
      Deadline deadline, Duration grace, Function<Run, ? extends CompletionStage<R>> stage)
      throws Exception {
    var loop = new EventLoop(deadline, Timer.SYSTEM);
    try {
      var ended = new CompletableFuture<R>();
      loop.execute(() -> {
        if (loop.hasEnded()) {
          return; // it left before the stage began
        }
        try {
          stage
              .apply(loop)
              .whenComplete((value, failure) -> {
                if (failure == null) {
                  ended.complete(value);
                } else {
                  ended.completeExceptionally(failure);
                }
                loop.execute(() -> {}); // so that the caller looks
              });
        } catch (RuntimeException thrown) {
          ended.completeExceptionally(thrown);
        }
      });
      loop.driveUntil(ended, grace);
      return ended.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw failed;
    } finally {
      loop.leave(WIND_UP);
    }
  }
}
