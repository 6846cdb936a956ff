package dev.sluice.async;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Threads for work that would hold up a driver: tasks that compute, and calls that block.
public interface Offload {
  /// Runs `task` on a thread of this offload, after the tasks that wait already.
  ///
  /// The future ends when the thread has left the task, so it is a true witness. Cancelling it
  /// withdraws a task that waits, and the future ends cancelled; it interrupts the thread of a task
  /// that runs, and the future ends with the result or the failure of the task. Completing it from
  /// outside, as `orTimeout` does, stops the task in the same way, and then the future ends with
  /// the value or failure from outside.
  <R extends @Nullable Object> CompletableFuture<R> submit(Callable<R> task);

  /// Runs a task that captures nothing mutable, on an item that cannot change.
  default <T, R extends @Nullable Object> CompletableFuture<R> submit(
      SendableTask<T, R> task, T item) {
    return submit(() -> task.run(item));
  }

  /// Returns an offload on the same threads that wraps each task on the thread that submits it, so
  /// that the task takes a context of that thread along, as a trace id.
  ///
  /// @param context wraps a task; the wrapper must run it once
  default Offload carrying(UnaryOperator<Runnable> context) {
    return new Carrying(this, Objects.requireNonNull(context, "context must not be null"));
  }

  /// The offload for tasks that compute: as many platform threads as processors, shared by the
  /// whole process. They are daemons and start when first needed.
  static Offload cpu() {
    return Offloads.CPU;
  }

  /// Makes an offload for calls that block: virtual threads, at most `concurrency` at once.
  ///
  /// @throws IllegalArgumentException if concurrency is below 1
  static Offload blocking(int concurrency) {
    return Offloads.blocking(concurrency);
  }
}
