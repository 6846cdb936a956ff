package dev.sluice.edge;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The number of messages that may pass the mark of a channel, by the last count of its queues, and
/// the time that its sends were held back. The lock of its channel guards it.
final class Level {
  private static final int MAX_UNKNOWN = 5;

  /// The pause is up to half as long again: of two channels that count in one rhythm, one would
  /// always find the queue just filled by the other.
  private static final long SAMPLE_NANOS = 1_000_000_000;

  /// A count is valid so long: others fill the queues, and an invocation may come minutes after the
  /// last one.
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

  /// @param high the number of messages from which sends wait, until there are fewer than `low`
  record Marks(long high, long low) {
    /// No mark: no send waits.
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

  /// Whether there are no marks, so that the queues are never counted.
  boolean isOpen() {
    return marks.equals(Marks.NONE);
  }

  /// How many messages may be sent before the queues are counted again.
  long room() {
    return isOlderThan(MOST_AGE_NANOS) ? 0 : room;
  }

  private boolean isOlderThan(long nanos) {
    return seenAt == null || nanoClock.getAsLong() - seenAt >= nanos;
  }

  /// Takes sent messages off the room.
  void take(long messages) {
    room -= messages;
  }

  /// Whether it is time to count the queues for a send that waits.
  boolean isDue() {
    return room() <= 0 && isOlderThan(pauseNanos);
  }

  /// Whether the next count is so late that it no longer waits for the batches on their way.
  boolean isOverdue() {
    return isOlderThan(MOST_AGE_NANOS + MOST_PATIENCE_NANOS);
  }

  /// Takes a count of the queues.
  ///
  /// @param depth the number of messages in them; null if they did not tell
  /// @return false if the queues did not tell [#MAX_UNKNOWN] times in a row, so that it is in vain
  ///   to wait
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

  /// How long sends were held back so far: the time in which the queues were full and a send
  /// waited.
  ///
  /// @param isAwaited whether a send waits from now on
  Duration heldBack(boolean isAwaited) {
    var now = nanoClock.getAsLong();
    if (heldSince != null) {
      heldNanos += now - heldSince;
    }
    heldSince = held && isAwaited ? (Long) now : null;
    return Duration.ofNanos(heldNanos);
  }
}
