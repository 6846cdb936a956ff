package dev.sluice.async;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The time, the threads and the chance that a stage uses.
///
/// One run belongs to one invocation. Its [#executor()] is serial: its tasks run one at a time,
/// each after the one before, so state that only they touch needs no lock. A stage that takes time,
/// threads and chance from here alone can run in a [Simulation], on one thread and a virtual clock.
public interface Run {
  /// The time of day.
  Instant now();

  /// The monotonic clock, in nanoseconds.
  long nanoTime();

  /// The instant at which the invocation must have answered, less its reserve. It has passed once
  /// the run has ended.
  Deadline deadline();

  /// The serial executor of this run. A task that it gets after the run has ended runs as well, on
  /// another thread than the caller's; see [Island].
  Executor executor();

  /// Returns a future that completes on the executor when the run has ended, at once if it has. The
  /// caller of the run is gone then, and a stage should only release what it holds. Cancelling the
  /// future forgets it.
  CompletableFuture<@Nullable Void> ended();

  /// The threads for tasks that compute.
  Offload cpu();

  /// The threads for calls that block: files, and libraries that have no asynchronous call.
  Offload blocking();

  /// The source of chance, for jitter; no result may depend on it.
  RandomGenerator random();

  /// Returns a future that completes on the executor after `delay`, whether the run has ended or
  /// not. Cancelling it frees the timer.
  CompletableFuture<@Nullable Void> sleep(Duration delay);

  /// Delivers the result of `source` on the executor, so that stages chained onto it may touch the
  /// state of the run, whether the run has ended or not. Cancelling the returned future does not
  /// reach the source; own the source.
  default <T extends @Nullable Object> CompletableFuture<T> resume(CompletionStage<T> source) {
    var resumed = new CompletableFuture<T>();
    source.whenCompleteAsync(
        (value, failure) -> {
          if (failure == null) {
            resumed.complete(value);
          } else {
            resumed.completeExceptionally(failure);
          }
        },
        executor());
    return resumed;
  }
}
