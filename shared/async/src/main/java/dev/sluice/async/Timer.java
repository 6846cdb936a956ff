package dev.sluice.async;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Time for a run: a monotonic clock, and a call at an instant of it.
interface Timer {
  long nanoTime();

  /// Calls `action`, which must not block, once at `dueNanos` or soon after. Cancelling the future
  /// before withdraws it.
  Future<?> at(long dueNanos, Runnable action);

  /// Runs what users hooked onto a cancel, away from timers and drivers.
  void cancel(Runnable action);

  /// Where the jitter of back-offs comes from.
  RandomGenerator random();

  /// Runs it among others that must run whatever it throws; that goes where what a thread throws
  /// goes.
  static void alone(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error thrown) {
      var thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }
  }

  /// The JVM's own. One daemon thread that only hands over, started when first needed; cancels run
  /// on growing daemon platform threads, because virtual ones wait when every carrier computes.
  Timer SYSTEM =
      new Timer() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public Future<?> at(long dueNanos, Runnable action) {
          var wait = Math.max(0, dueNanos - System.nanoTime());
          return Threads.TIMER.schedule(action, wait, TimeUnit.NANOSECONDS);
        }

        @Override
        public void cancel(Runnable action) {
          Threads.CANCELS.execute(action);
        }

        @Override
        public RandomGenerator random() {
          return ThreadLocalRandom.current();
        }
      };

  /// The threads of [#SYSTEM]; a class of its own so that they exist only when used.
  final class Threads {
    private static final ScheduledThreadPoolExecutor TIMER = timer();
    private static final ExecutorService CANCELS =
        Executors.newCachedThreadPool(daemons("sluice-cancel-"));

    private Threads() {}

    private static ScheduledThreadPoolExecutor timer() {
      var timer = new ScheduledThreadPoolExecutor(1, daemons("sluice-timer-"));
      timer.setRemoveOnCancelPolicy(true);
      return timer;
    }

    private static ThreadFactory daemons(String prefix) {
      return Thread.ofPlatform().daemon().name(prefix, 0).factory();
    }
  }
}
