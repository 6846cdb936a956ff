package dev.sluice.local.mapping;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The slots and the backlog of a mapping under one lock, with waits for a change of them. Nothing
/// foreign is called under the lock. Any thread.
final class MappingState {
  @GuardedBy("this")
  private final Slots slots;

  @GuardedBy("this")
  private final Backlog backlog;

  @GuardedBy("this")
  private boolean stopping;

  MappingState(Slots slots, Backlog backlog) {
    this.slots = slots;
    this.backlog = backlog;
  }

  synchronized void stop() {
    stopping = true;
    notifyAll();
  }

  synchronized boolean isStopping() {
    return stopping;
  }

  /// Waits until a slot is free and takes it.
  ///
  /// @return whether it is taken; if not, the mapping stops
  synchronized boolean takeSlot() throws InterruptedException {
    while (!stopping) {
      var wait = slots.untilFree(System.nanoTime());
      if (wait == 0) {
        slots.take();
        return true;
      }
      TimeUnit.NANOSECONDS.timedWait(this, wait);
    }
    return false;
  }

  /// Gives back a slot that was taken and not used.
  synchronized void unused() {
    slots.unused();
  }

  /// Waits, at most until the mapping stops.
  synchronized void rest(Duration time) throws InterruptedException {
    var end = System.nanoTime() + time.toNanos();
    for (var left = time.toNanos(); !stopping && left > 0; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  /// Waits, at most until the mapping stops or an invocation ends, which may have freed a group.
  synchronized void restOrChange(Duration time) throws InterruptedException {
    if (!stopping) {
      TimeUnit.NANOSECONDS.timedWait(this, time.toNanos());
    }
  }

  synchronized int room() {
    return backlog.room();
  }

  synchronized boolean isEmpty() {
    return backlog.isEmpty();
  }

  synchronized boolean isFull() {
    return backlog.isFull();
  }

  synchronized boolean isIdle() {
    return backlog.isIdle(System.nanoTime());
  }

  /// See [Backlog#add].
  synchronized List<EventRecord> add(List<EventRecord> received) {
    return backlog.add(received, System.nanoTime());
  }

  /// The next batch; empty if there is none now, or the mapping stops.
  synchronized List<EventRecord> next() {
    return stopping ? List.of() : backlog.next();
  }

  /// An invocation has ended, and the messages that it handled are deleted.
  ///
  /// @param error whether the function failed
  /// @param failed ids of the messages that come back
  synchronized void ended(List<EventRecord> batch, boolean error, Set<String> failed) {
    var now = System.nanoTime();
    slots.ended(error, now);
    backlog.ended(batch, failed, now);
    notifyAll();
  }
}
