package dev.sluice.flow;

import java.time.Duration;
import java.time.Instant;

/// When `split` was held back because the queues of fetch and extract were at the high-water mark,
/// and for how long.
///
/// @param since when it was for the first time
/// @param until when it was for the last time
/// @param millis in all, which is less than lies between the two when it went on in between
public record HeldBackTime(Instant since, Instant until, long millis) {
  public HeldBackTime {
    Rule.atLeast("millis", 0, millis);
    if (until.isBefore(since)) {
      throw new IllegalArgumentException("until must not be before " + since + ", got " + until);
    }
  }

  /// From one instant to another.
  public static HeldBackTime between(Instant since, Instant until) {
    return new HeldBackTime(since, until, Duration.between(since, until).toMillis());
  }

  /// Both. What lies before the end of this one counts no second time, so that a hold that is told
  /// twice, or by two at once, is one.
  HeldBackTime then(HeldBackTime next) {
    if (!next.until.isAfter(until)) {
      return this;
    }
    var beyond =
        next.since.isBefore(until)
            ? Math.min(next.millis, Duration.between(until, next.until).toMillis())
            : next.millis;
    return new HeldBackTime(since, next.until, millis + beyond);
  }
}
