package dev.sluice.edge;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How many messages may go past the marks of a channel, by what its queues were last seen to hold,
/// and how long its sends were held back. The lock of its channel guards it.
final class Level {
  private static final int MAX_UNKNOWN = 5;

  /// And up to half as long again: of two that look in one rhythm, one would always find the queue
  /// just filled by the other.
  private static final long SAMPLE_NANOS = 1_000_000_000;

  /// What was seen counts no longer: others fill the queues, and an invocation may come minutes
  /// after the last one.
  private static final long MOST_AGE_NANOS = 5_000_000_000L;

  private static final long MOST_PATIENCE_NANOS = 2_000_000_000;

  private final Marks marks;
  private final LongSupplier nanoClock;
  private long room;
  private boolean held;
  private int unknown;
  private @Nullable Long seenAt;
  private long pauseNanos;
  private @Nullable Long heldSince;
  private long heldNanos;

  /// @param high from which sends wait, until there are fewer than `low`
  record Marks(long high, long low) {
    /// Nothing waits.
    static final Marks NONE = new Marks(Long.MAX_VALUE, Long.MAX_VALUE);

    Marks {
      if (low > high) {
        throw new IllegalArgumentException(
            "low-water mark must not exceed the high-water mark " + high + ", got " + low);
      }
    }
  }

  Level(Marks marks, LongSupplier nanoClock) {
    this.marks = marks;
    this.nanoClock = nanoClock;
  }

  /// Whether there are no marks, so that nothing is ever asked.
  boolean isOpen() {
    return marks.equals(Marks.NONE);
  }

  /// How many may be sent before the queues are looked at again.
  long room() {
    return isOlderThan(MOST_AGE_NANOS) ? 0 : room;
  }

  private boolean isOlderThan(long nanos) {
    return seenAt == null || nanoClock.getAsLong() - seenAt >= nanos;
  }

  /// So many were sent.
  void take(long messages) {
    room -= messages;
  }

  /// Whether it is time to look at the queues for one who waits.
  boolean isDue() {
    return room() <= 0 && isOlderThan(pauseNanos);
  }

  /// Whether who waits for it waits no longer for batches on their way.
  boolean isOverdue() {
    return isOlderThan(MOST_AGE_NANOS + MOST_PATIENCE_NANOS);
  }

  /// The queues were looked at.
  ///
  /// @param depth what they hold; null if they did not tell
  /// @return false if they did not tell so often in a row that it is in vain to wait for it
  boolean see(@Nullable Long depth) {
    seenAt = nanoClock.getAsLong();
    pauseNanos = ThreadLocalRandom.current().nextLong(SAMPLE_NANOS, SAMPLE_NANOS * 3 / 2);
    if (depth != null) {
      unknown = 0;
      held = depth >= (held ? marks.low : marks.high);
      room = held ? 0 : marks.high - depth;
      return true;
    }
    room = 0;
    unknown = (unknown + 1) % MAX_UNKNOWN;
    return unknown > 0;
  }

  /// How long sends were held back so far: while the queues were full and one waited.
  ///
  /// @param isAwaited whether one waits from now on
  Duration heldBack(boolean isAwaited) {
    var now = nanoClock.getAsLong();
    if (heldSince != null) {
      heldNanos += now - heldSince;
    }
    heldSince = held && isAwaited ? (Long) now : null;
    return Duration.ofNanos(heldNanos);
  }
}
