package dev.sluice.bench.fanout;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// The thread that completes futures in the order in which they came. It never parks, so that
/// handing over costs two atomic writes whoever hands over, and makes no garbage.
final class Completer {
  private static final int SPINS = 100;

  /// More than the highest limit that is measured: a slot is empty when its turn comes again.
  private static final int SLOTS = 1 << 15;

  private final AtomicReferenceArray<CompletableFuture<Integer>> slots =
      new AtomicReferenceArray<>(SLOTS);
  private final AtomicLong given = new AtomicLong();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("bench-completer").start(this::run);
  private volatile boolean closed;

  /// From any thread: a future that the other thread completes with `item`'s value 1.
  CompletableFuture<Integer> start(Integer item) {
    var future = new CompletableFuture<Integer>();
    slots.set((int) (given.getAndIncrement() & SLOTS - 1), future);
    return future;
  }

  @SuppressWarnings("ThreadPriorityCheck") // who finds nothing lets others run on two cores
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
