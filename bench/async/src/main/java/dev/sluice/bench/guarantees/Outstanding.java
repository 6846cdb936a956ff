package dev.sluice.bench.guarantees;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/// Counts items that were begun and have not ended, as people do around a library that has no
/// fan-out.
final class Outstanding {
  @GuardedBy("this")
  private int open;

  synchronized void begin() {
    open++;
  }

  synchronized void end() {
    open--;
    if (open == 0) {
      notifyAll();
    }
  }

  /// Returns when no item is open. The caller has a time limit of its own.
  synchronized void await() throws InterruptedException {
    while (open > 0) {
      wait();
    }
  }
}
