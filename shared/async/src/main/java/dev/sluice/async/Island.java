package dev.sluice.async;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A blocking bridge around one asynchronous stage: the only place that waits.
///
/// The caller's thread is the run's serial executor until the stage has ended, so a stage needs no
/// thread of its own and its state no lock.
public final class Island {
  private static final Offload BLOCKING = Offload.blocking(64);

  private Island() {}

  /// Runs the stage on the calling thread and returns its result.
  ///
  /// @param deadline what the stage sees as its own; it should end by itself before
  /// @param grace how much longer the island waits when it does not
  /// @throws TimeoutException if the stage has not ended by then; what it still does is rejected
  /// @throws InterruptedException if the caller was interrupted
  /// @throws Exception what the stage failed with, `CompletionException` taken off
  public static <R extends @Nullable Object> R run(
      Deadline deadline, Duration grace, Function<Run, ? extends CompletionStage<R>> stage)
      throws Exception {
    var loop = new Loop(deadline);
    try {
      var ended = new CompletableFuture<R>();
      loop.execute(() -> {
        try {
          stage
              .apply(loop)
              .whenComplete((value, failure) -> {
                if (failure == null) {
                  ended.complete(value);
                } else {
                  ended.completeExceptionally(failure);
                }
                loop.nudge();
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
      loop.close();
    }
  }

  /// The run of one island. `tasks` is the only thing that other threads touch; its length is
  /// bounded by what the stage has under way, for each task is the end of something that it began.
  private static final class Loop implements Run, Executor {
    private record Alarm(long due, long order, CompletableFuture<@Nullable Void> future) {}

    private final Deadline deadline;
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private volatile boolean closed;

    // Owned by the driving thread.
    private final PriorityQueue<Alarm> alarms =
        new PriorityQueue<>(
            Comparator.<Alarm>comparingLong(Alarm::due).thenComparingLong(Alarm::order));
    private long order;

    Loop(Deadline deadline) {
      this.deadline = deadline;
    }

    void driveUntil(CompletableFuture<?> ended, Duration grace)
        throws InterruptedException, TimeoutException {
      while (!ended.isDone()) {
        ring();
        var left = left(grace);
        if (left <= 0) {
          throw new TimeoutException("the stage did not end before its deadline");
        }
        var task = tasks.poll(Math.min(untilAlarm(), left), TimeUnit.NANOSECONDS);
        if (task != null) {
          task.run();
        }
      }
    }

    private long left(Duration grace) {
      var left = deadline.leftNanos();
      return left == Long.MAX_VALUE ? left : left + grace.toNanos();
    }

    private long untilAlarm() {
      var first = alarms.peek();
      return first == null ? Long.MAX_VALUE : first.due - nanoTime();
    }

    private void ring() {
      for (var first = alarms.peek();
          first != null && first.due - nanoTime() <= 0;
          first = alarms.peek()) {
        alarms.remove();
        first.future.complete(null);
      }
    }

    void nudge() {
      tasks.add(() -> {});
    }

    void close() {
      closed = true;
      tasks.clear();
    }

    @Override
    public void execute(Runnable task) {
      if (closed) {
        throw new RejectedExecutionException("the run has ended");
      }
      tasks.add(task);
    }

    @Override
    public CompletableFuture<@Nullable Void> sleep(Duration delay) {
      var future = new CompletableFuture<@Nullable Void>();
      var due = nanoTime() + delay.toNanos();
      execute(() -> {
        var alarm = new Alarm(due, order++, future);
        alarms.add(alarm);
        future.whenComplete((_, _) -> {
          if (future.isCancelled() && !closed) {
            execute(() -> alarms.remove(alarm));
          }
        });
      });
      return future;
    }

    @Override
    public Instant now() {
      return Instant.now();
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public Deadline deadline() {
      return deadline;
    }

    @Override
    public Executor executor() {
      return this;
    }

    @Override
    public Offload cpu() {
      return Offload.cpu();
    }

    @Override
    public Offload blocking() {
      return BLOCKING;
    }

    @Override
    public RandomGenerator random() {
      return ThreadLocalRandom.current();
    }
  }
}
