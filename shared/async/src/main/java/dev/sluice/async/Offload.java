package dev.sluice.async;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Where work goes that would hold up a driver: computing, and calls that block.
public interface Offload {
  /// Runs `task` on a thread of this offload, after the tasks that wait already.
  ///
  /// The future ends when the thread has left the task, so it is a true witness. Cancelling it
  /// withdraws a task that waits, which then ends cancelled, and interrupts the thread of one that
  /// runs, which ends with what the task makes of that. Completing it from outside, as `orTimeout`
  /// does, stops the task in the same way, and then it ends with what it was given.
  <R extends @Nullable Object> CompletableFuture<R> submit(Callable<R> task);

  /// The same for a task that captures nothing mutable, and an item that cannot change.
  default <T, R extends @Nullable Object> CompletableFuture<R> submit(
      SendableTask<T, R> task, T item) {
    return submit(() -> task.run(item));
  }

  /// The same threads, with each task wrapped on the thread that submits it, so that it can take
  /// along what is there, as a trace id.
  ///
  /// @param context wraps a task; what it gives must run it once
  default Offload carrying(UnaryOperator<Runnable> context) {
    return new Carrying(this, Objects.requireNonNull(context, "context must not be null"));
  }

  /// For computing: as many platform threads as processors, shared by the whole process. They are
  /// daemons and start when first needed.
  static Offload cpu() {
    return Offloads.CPU;
  }

  /// For calls that block: virtual threads, at most `concurrency` at once.
  ///
  /// @throws IllegalArgumentException if concurrency is below 1
  static Offload blocking(int concurrency) {
    return Offloads.blocking(concurrency);
  }
}
