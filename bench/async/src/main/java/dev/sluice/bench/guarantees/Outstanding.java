package dev.sluice.bench.guarantees;

/// What was begun and has not ended: what people write around a library that has no fan-out.
final class Outstanding {
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

  /// Returns when nothing is open; who asks has a limit of his own.
  synchronized void await() throws InterruptedException {
    while (open > 0) {
      wait();
    }
  }
}
