package dev.sluice.fetch;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import java.time.Duration;

/// How long a request of this round may take, and until when one may begin.
///
/// @param patience of one attempt
/// @param startBy no request begins later
/// @param stop when the round ends, what runs is cut and nobody waits any more
record Pace(Duration patience, Deadline startBy, Deadline stop) {
  /// What the round keeps of its time to deliver what it has.
  static final Duration RESERVE = Duration.ofMillis(250);

  /// So much earlier than the call is cancelled an exchange ends by itself, so that what it has of
  /// a body is stored, and not lost with the call.
  static final Duration BEFORE_CANCEL = Duration.ofMillis(100);

  static Pace of(Run run, Duration timeout) {
    var stop = run.deadline().minus(RESERVE).minus(BEFORE_CANCEL);
    return new Pace(timeout, stop, stop);
  }

  /// Whether a request may still begin after waiting so long.
  boolean mayStartIn(Duration wait) {
    return wait.compareTo(startBy.left()) < 0;
  }
}
