package dev.sluice.bench.fanout;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// A thread that completes futures in the order in which they came. It never parks, so handing a
/// future over costs every library two atomic writes and no garbage.
final class Completer {
  private static final int SPINS = 100;

  /// Exceeds the highest limit that is measured, so that a slot is empty when its turn comes again.
  private static final int SLOTS = 1 << 15;

  private final AtomicReferenceArray<CompletableFuture<Integer>> slots =
      new AtomicReferenceArray<>(SLOTS);
  private final AtomicLong given = new AtomicLong();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("bench-completer").start(this::run);
  private volatile boolean closed;

  /// Makes a future that the other thread completes with 1; any thread may call it.
  CompletableFuture<Integer> start(Integer item) {
    var future = new CompletableFuture<Integer>();
    slots.set((int) (given.getAndIncrement() & SLOTS - 1), future);
    return future;
  }

  @SuppressWarnings("ThreadPriorityCheck") // without futures it lets others run on two cores
  private void run() {
    var spins = 0;
    for (long turn = 0; !closed; ) {
      var slot = (int) (turn & SLOTS - 1);
      var future = slots.get(slot);
      if (future != null) {
        slots.set(slot, null);
        turn++;
        spins = 0;
        future.complete(1);
      } else if (++spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  void stop() throws InterruptedException {
    closed = true;
    thread.join();
  }
}
