package dev.sluice.async;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// The time of a run: a monotonic clock, and calls at an instant of that clock.
interface Timer {
  long nanoTime();

  /// Calls `action`, which must not block, once at `dueNanos` or soon after. Cancelling the future
  /// before then withdraws the call.
  Future<?> at(long dueNanos, Runnable action);

  /// Runs user code that depends on a cancel, away from timers and drivers.
  void cancel(Runnable action);

  /// The source of the jitter of back-offs.
  RandomGenerator random();

  /// Runs the action so that its failure ends nothing else: the handler of uncaught exceptions gets
  /// the failure.
  static void alone(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error thrown) {
      var thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }
  }

  /// The clock of the JVM, with one daemon thread that only hands over. Cancels run on daemon
  /// platform threads, as many as are needed, because virtual threads wait while every carrier
  /// computes.
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

  /// The threads of [#SYSTEM]. They stand in a class of their own so that they start when first
  /// needed.
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
