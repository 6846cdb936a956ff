package dev.sluice.async;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// The two kinds of [Offload].
final class Offloads implements Offload {
  static final Offload CPU =
      new Offloads(
          Executors.newFixedThreadPool(
              Runtime.getRuntime().availableProcessors(),
              Thread.ofPlatform().daemon().name("sluice-cpu-", 0).factory()));

  private final Executor executor;

  private Offloads(Executor executor) {
    this.executor = executor;
  }

  static Offload blocking(int concurrency) {
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1, got " + concurrency);
    }
    var permits = new Semaphore(concurrency);
    var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory());
    return new Offloads(task ->
        threads.execute(() -> {
          permits.acquireUninterruptibly();
          try {
            task.run();
          } finally {
            permits.release();
          }
        }));
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> submit(Callable<R> task) {
    var work = new OffloadedTask<R>(task);
    executor.execute(work::run);
    return work;
  }

  /// Ends when the thread has left the task. A cancel reaches the thread, not the future.
  private static final class OffloadedTask<R extends @Nullable Object> extends Witness<R> {
    private final FutureTask<@Nullable Void> task;

    OffloadedTask(Callable<R> work) {
      task =
          new FutureTask<>(() -> {
            R value;
            try {
              value = work.call();
            } catch (Throwable failure) {
              endedExceptionally(failure);
              return null;
            }
            ended(value);
            return null;
          });
    }

    void run() {
      task.run();
      if (task.isCancelled() && !isDone()) {
        endedExceptionally(new CancellationException());
      }
    }

    @Override
    void stop() {
      task.cancel(true);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      return task.cancel(true);
    }
  }
}
