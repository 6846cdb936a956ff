package dev.sluice.local.mapping;

import java.time.Duration;

/// How many invocations of a mapping may run at once, and when the next may begin.
///
/// At most `MaximumConcurrency`. Each function error halves what is allowed and delays the next
/// receive, 100 ms after the first error in a row and twice as long after each further one, up to 5
/// s; each success allows one more and ends the delay. AWS says that Lambda reduces the concurrency
/// after function errors, and gives no numbers: these are ours.
///
/// Not thread-safe: the lock of [MappingState] guards it.
final class Slots {
  private static final long FIRST_PAUSE = Duration.ofMillis(100).toNanos();
  private static final long LONGEST_PAUSE = Duration.ofSeconds(5).toNanos();

  private final int most;
  private int allowed;
  private int taken;
  private int errorsInARow;
  private long pausedUntil;

  /// @param most `MaximumConcurrency`, at least 1
  Slots(int most) {
    this.most = most;
    allowed = most;
  }

  /// Nanoseconds until one can be taken if none is given back before; 0 if at once, and
  /// [Long#MAX_VALUE] if one must be given back first.
  long untilFree(long now) {
    if (taken >= allowed) {
      return Long.MAX_VALUE;
    }
    return errorsInARow == 0 ? 0 : Math.max(0, pausedUntil - now);
  }

  void take() {
    taken++;
  }

  /// A slot that was taken is given back unused.
  void unused() {
    taken--;
  }

  /// An invocation ended.
  void ended(boolean error, long now) {
    taken--;
    if (error) {
      errorsInARow++;
      allowed = Math.max(1, allowed / 2);
      var doublings = Math.min(errorsInARow - 1, 10);
      pausedUntil = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE << doublings);
    } else {
      errorsInARow = 0;
      allowed = Math.min(most, allowed + 1);
    }
  }
}
