package dev.sluice.fetch;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import java.time.Duration;

/// How long a request of this round may take, and until when one may begin: no request starts that
/// cannot finish.
///
/// @param patience of one attempt: the timeout, unless the whole round is shorter; then most of the
///   round, so that a request which does not fit is a timeout that counts, and not one that is cut
///   round after round
/// @param startBy no request begins later
/// @param stop the end of the round: requests under way are cut, and none waits any more
record RoundTime(Duration patience, Deadline startBy, Deadline stop) {
  /// The time that the round keeps to deliver its archive.
  static final Duration RESERVE = Duration.ofMillis(250);

  /// So much earlier than the call is cancelled an exchange ends by itself, so that the part of the
  /// body that it has is stored, and not lost with the call.
  static final Duration BEFORE_CANCEL = Duration.ofMillis(100);

  private static final Duration MOST_SLACK = Duration.ofSeconds(1);

  static RoundTime of(Run run, Duration timeout) {
    var stop = run.deadline().minus(RESERVE).minus(BEFORE_CANCEL);
    var left = stop.left();
    var quarter = left.dividedBy(4);
    var most = left.minus(quarter.compareTo(MOST_SLACK) < 0 ? quarter : MOST_SLACK);
    var patience = timeout.compareTo(most) < 0 ? timeout : most;
    return new RoundTime(patience, stop.minus(patience), stop);
  }

  /// Whether a request may still begin after waiting so long.
  boolean mayStartIn(Duration wait) {
    return wait.compareTo(startBy.left()) < 0;
  }
}
