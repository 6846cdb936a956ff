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
/// The caller may leave while work is under way: at its deadline, interrupted, or because the stage
/// has ended without waiting for that work. Such work is wound up. The fan-outs of the run are
/// cancelled as by their own `cancel`; the tasks of `resume`, `sleep` and the executor, and the
/// stages chained on them, still run, one at a time. The caller runs the tasks that can run at
/// once, for at most 100 ms; a cancel thread of the library runs later ones when they come. Where
/// the process is frozen between invocations, as on Lambda, it runs them when the process thaws.
public final class Island {
  private static final Duration WIND_UP = Duration.ofMillis(100);

  private Island() {}

  /// Runs the stage on the calling thread and returns its result.
  ///
  /// @param deadline the deadline of the run; the stage should end by itself before
  /// @param grace how much longer the island waits for a stage that does not
  /// @throws TimeoutException if the stage has not ended by then; its work is wound up
  /// @throws InterruptedException if the caller was interrupted; the work of the stage is wound up
  /// @throws Exception the failure of the stage, without a `CompletionException` around it
  public static <R extends @Nullable Object> R run(
      Deadline deadline, Duration grace, Function<Run, ? extends CompletionStage<R>> stage)
      throws Exception {
    var loop = new EventLoop(deadline, Timer.SYSTEM);
    try {
      var ended = new CompletableFuture<R>();
      loop.execute(() -> {
        if (loop.hasEnded()) {
          return; // the caller left before the stage began
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
                loop.execute(() -> {}); // wakes the caller, which then sees the end
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
