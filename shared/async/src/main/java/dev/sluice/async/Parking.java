package dev.sluice.async;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Drives a core on the calling thread, which parks while there is nothing to do.
final class Parking {
  // A spin of some microseconds saves the two system calls of a park when the next operation ends
  // at once. On a single processor no operation can end meanwhile.
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;

  private Parking() {}

  /// Steps and parks until the run has ended.
  ///
  /// @return whether the thread was interrupted; then its status is cleared and the run was
  ///   cancelled
  static boolean untilDone(Core<?, ?> core) {
    var interrupted = false;
    for (var due = core.step(); due != Core.DONE; due = core.step()) {
      interrupted |= park(core, due);
    }
    return interrupted || (core.wasInterrupted() && Thread.interrupted());
  }

  /// Parks until the core is woken, or until `due`; an interrupt cancels the run.
  @SuppressWarnings("ThreadPriorityCheck") // the yield is a courtesy; nothing depends on it
  static boolean park(Core<?, ?> core, long due) {
    var wait = due == Core.NEVER ? Long.MAX_VALUE : due - System.nanoTime();
    for (var spins = SPINS; spins > 0 && core.isAsleep(); spins--) {
      Thread.onSpinWait();
    }
    if (core.isAsleep()) {
      Thread.yield();
    }
    if (core.isAsleep()) {
      LockSupport.parkNanos(core, wait); // returns at once if `wait` is not positive
    }
    if (Thread.interrupted()) {
      core.cancel(Outcome.Stop.CANCELLED);
      return true;
    }
    return false;
  }

  static void rethrow(@Nullable Throwable broken) {
    switch (broken) {
      case RuntimeException thrown -> throw thrown;
      case Error thrown -> throw thrown;
      case null, default -> {}
    }
  }
}
