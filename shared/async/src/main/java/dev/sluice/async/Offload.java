package dev.sluice.async;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Where work goes that would hold up a driver: computing, and calls that block.
public interface Offload {
  /// Runs `task` on a thread of this offload, after the tasks that wait already.
  ///
  /// The future ends when the thread has left the task, so it is a true witness. Cancelling it
  /// withdraws a task that waits and interrupts the thread of one that runs; it then ends cancelled
  /// when the thread has left.
  <R extends @Nullable Object> CompletableFuture<R> submit(Callable<R> task);

  /// The same for a task that captures nothing mutable, and an item that cannot change.
  default <T, R extends @Nullable Object> CompletableFuture<R> submit(
      SendableTask<T, R> task, T item) {
    return submit(() -> task.run(item));
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
