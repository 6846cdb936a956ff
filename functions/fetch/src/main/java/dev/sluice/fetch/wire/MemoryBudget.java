package dev.sluice.fetch.wire;

import java.util.concurrent.atomic.AtomicLong;

/// The bytes that all bodies together may hold in memory. No body waits for them: one that does not
/// get its bytes goes to a file.
final class MemoryBudget {
  private final AtomicLong free;

  MemoryBudget(long bytes) {
    free = new AtomicLong(bytes);
  }

  boolean tryTake(int bytes) {
    var before = free.get();
    while (before >= bytes) {
      if (free.compareAndSet(before, before - bytes)) {
        return true;
      }
      before = free.get();
    }
    return false;
  }

  void giveBack(int bytes) {
    free.addAndGet(bytes);
  }

  long freeBytes() {
    return free.get();
  }
}
