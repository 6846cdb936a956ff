package dev.sluice.bench.guarantees;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Pauses that no interrupt ends, for work that ignores every cancel; bounded waits; threads and
/// timers.
final class Pause {
  private Pause() {}

  /// Holds the thread for the whole time; an interrupt is kept, and not obeyed.
  static void stubborn(Duration whole) {
    var until = System.nanoTime() + whole.toNanos();
    var interrupted = false;
    for (var left = whole.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits until the condition holds, at most `most`.
  ///
  /// @return whether the condition holds
  static boolean until(BooleanSupplier holds, Duration most) {
    var end = System.nanoTime() + most.toNanos();
    while (!holds.getAsBoolean() && System.nanoTime() - end < 0) {
      stubborn(Duration.ofMillis(1));
    }
    return holds.getAsBoolean();
  }

  static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /// Runs each task on a virtual thread of its own.
  static Executor threads() {
    return Thread::startVirtualThread;
  }

  /// Makes a timer that ends with the process.
  static ScheduledExecutorService timer(int threads) {
    return Executors.newScheduledThreadPool(
        threads, Thread.ofPlatform().daemon().name("bench-timer-", 0).factory());
  }

  /// Makes a pool of daemons that grows.
  static ExecutorService pool() {
    return Executors.newCachedThreadPool(
        Thread.ofPlatform().daemon().name("bench-pool-", 0).factory());
  }
}
