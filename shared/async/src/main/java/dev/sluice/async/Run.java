package dev.sluice.async;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// All that a stage may know of time, threads and chance.
///
/// One run belongs to one invocation. Its [#executor()] is serial: of what runs on it, one thing
/// runs at a time, each after the one before, so that state which only it touches needs no lock. A
/// stage that takes all it needs from here can run under a simulator, on one thread and a virtual
/// clock.
public interface Run {
  /// The time of day.
  Instant now();

  /// The monotonic clock, in nanoseconds.
  long nanoTime();

  /// When the invocation must have answered, less its reserve; it has passed once the run has
  /// ended.
  Deadline deadline();

  /// The serial executor of this run. What is given to it once the run has ended runs as well, on
  /// another thread than its caller's; see [Island].
  Executor executor();

  /// Completes on the executor when the run has ended, at once if it has: whoever waited for it is
  /// gone, and what is still done is to let go. Cancelling it forgets it.
  CompletableFuture<@Nullable Void> ended();

  /// Where computing goes.
  Offload cpu();

  /// Where calls that block go: files, and libraries that know no other way.
  Offload blocking();

  /// The source of chance: jitter, and nothing that decides what is right.
  RandomGenerator random();

  /// Completes on the executor after `delay`, whether the run has ended or not; cancelling it frees
  /// the timer.
  CompletableFuture<@Nullable Void> sleep(Duration delay);

  /// The same result, delivered on the executor, so that what is chained onto it may touch the
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
