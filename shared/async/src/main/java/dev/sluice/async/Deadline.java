package dev.sluice.async;

import java.time.Duration;
import java.util.function.LongSupplier;

/// An instant on a monotonic clock, after which no more work is worth doing.
///
/// A timeout is a duration and starts again with every attempt; a deadline does not. A deadline
/// carries its clock, so its holder can ask for the time left without knowing whether the clock is
/// real.
public final class Deadline {
  /// A deadline that never passes; [#left()] is about 292 years.
  public static final Deadline NEVER = new Deadline(System::nanoTime, 0, true);

  private final LongSupplier nanoClock;
  private final long atNanos;
  private final boolean never;

  private Deadline(LongSupplier nanoClock, long atNanos, boolean never) {
    this.nanoClock = nanoClock;
    this.atNanos = atNanos;
    this.never = never;
  }

  /// The instant `left` from now on the JVM's own clock. With a negative duration it has passed
  /// already.
  public static Deadline in(Duration left) {
    return in(left, System::nanoTime);
  }

  /// The instant `left` from now on the given clock, which reads nanoseconds as [System#nanoTime()]
  /// does. With a duration beyond 146 years it never passes.
  public static Deadline in(Duration left, LongSupplier nanoClock) {
    var nanos = nanos(left);
    return nanos >= Long.MAX_VALUE / 2
        ? NEVER
        : new Deadline(nanoClock, nanoClock.getAsLong() + nanos, false);
  }

  /// The instant `atNanos` of the given clock.
  static Deadline at(long atNanos, LongSupplier nanoClock) {
    return new Deadline(nanoClock, atNanos, false);
  }

  /// The time left; never negative.
  public Duration left() {
    return Duration.ofNanos(Math.max(0, leftNanos()));
  }

  /// Whether no time is left.
  public boolean hasPassed() {
    return leftNanos() <= 0;
  }

  /// This deadline less a reserve, for the steps that follow when the work itself has stopped.
  ///
  /// @throws IllegalArgumentException if the reserve is negative
  public Deadline minus(Duration reserve) {
    if (reserve.isNegative()) {
      throw new IllegalArgumentException("reserve must not be negative, got " + reserve);
    }
    return never ? this : new Deadline(nanoClock, atNanos - nanos(reserve), false);
  }

  /// The one of the two that passes first. Both must have the same clock.
  public Deadline earlier(Deadline other) {
    if (never) {
      return other;
    }
    return other.never || atNanos - other.atNanos <= 0 ? this : other;
  }

  long leftNanos() {
    return never ? Long.MAX_VALUE : atNanos - nanoClock.getAsLong();
  }

  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException beyondLong) {
      return duration.isNegative() ? Long.MIN_VALUE / 2 : Long.MAX_VALUE / 2;
    }
  }

  @Override
  public String toString() {
    return never ? "never" : "in " + left();
  }
}
