package dev.sluice.flow;

import java.time.Duration;
import java.time.Instant;

/// When `split` was held back because the queues of fetch and extract were at the high-water mark,
/// and for how long.
///
/// @param since when split was held back for the first time
/// @param until when the last time of it ended
/// @param millis in all; less than lies between the two where split went on meanwhile
public record HeldBackTime(Instant since, Instant until, long millis) {
  public HeldBackTime {
    Rule.atLeast("millis", 0, millis);
    if (until.isBefore(since)) {
      throw new IllegalArgumentException("until must not be before " + since + ", got " + until);
    }
  }

  /// One time without a break.
  public static HeldBackTime between(Instant since, Instant until) {
    return new HeldBackTime(since, until, Duration.between(since, until).toMillis());
  }

  /// Both times. Time before the end of this one counts only once, so that a time that is reported
  /// twice, or by two invocations at once, counts once.
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
