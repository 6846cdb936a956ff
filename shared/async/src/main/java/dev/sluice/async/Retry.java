package dev.sluice.async;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Decides which failures are retried, how often, and after which wait.
///
/// The wait is drawn evenly from zero to `base × 2^(attempt − 1)`, and never from more than `most`:
/// exponential back-off with full jitter. During the wait the item stays in the look-ahead and
/// holds no permit. The timeout is for each attempt, the deadline for all of them: a run does not
/// wait for an attempt that could only begin at the deadline, and the last failure is the outcome.
///
/// An attempt that timed out is retried after its wait even if its work ignores the cancel and
/// still runs under its own permit; `Lanes.byKey` keeps the two attempts apart.
public final class Retry {
  private static final Duration BASE = Duration.ofMillis(100);
  private static final Duration MOST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int MOST_ATTEMPTS = 1_000;
  private static final int DOUBLINGS = 30;

  private final int attempts;
  private final Duration base;
  private final Duration most;
  private final Predicate<? super Throwable> transients;
  private final long budgetAtLeast;
  private final double budgetShare;

  private Retry(
      int attempts,
      Duration base,
      Duration most,
      Predicate<? super Throwable> transients,
      long budgetAtLeast,
      double budgetShare) {
    this.attempts = attempts;
    this.base = base;
    this.most = most;
    this.transients = transients;
    this.budgetAtLeast = budgetAtLeast;
    this.budgetShare = budgetShare;
  }

  /// Makes at most `most` attempts of an item, the first included. By default every failure is
  /// retried, after at most 100 ms at first and 5 s at last.
  ///
  /// @throws IllegalArgumentException if it is below 1 or above 1,000
  public static Retry attempts(int most) {
    if (most < 1 || most > MOST_ATTEMPTS) {
      throw new IllegalArgumentException(
          "attempts must be from 1 to " + MOST_ATTEMPTS + ", got " + most);
    }
    return new Retry(most, BASE, MOST, _ -> true, Long.MAX_VALUE, 0);
  }

  /// Sets the waits.
  ///
  /// @param first the longest wait before the second attempt; it doubles with each attempt
  /// @param last the wait at which the doubling stops
  /// @throws IllegalArgumentException if the first is negative or above the last, or the last above
  ///   a day
  public Retry backoff(Duration first, Duration last) {
    if (first.isNegative() || first.compareTo(last) > 0 || last.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "back-off must rise from 0 or more to at most a day, got " + first + " to " + last);
    }
    return new Retry(attempts, first, last, transients, budgetAtLeast, budgetShare);
  }

  /// Retries only these failures. The predicate sees a timeout as a
  /// [java.util.concurrent.TimeoutException], and runs on the driver.
  public Retry when(Predicate<? super Throwable> isTransient) {
    Objects.requireNonNull(isTransient, "the predicate must not be null");
    return new Retry(attempts, base, most, isTransient, budgetAtLeast, budgetShare);
  }

  /// Limits the retries of a run to `atLeast` and that share of the items that were pulled, so that
  /// a service that is down does not get `attempts` times its load.
  ///
  /// @throws IllegalArgumentException if one is negative
  public Retry budget(long atLeast, double share) {
    if (atLeast < 0 || !(share >= 0)) {
      throw new IllegalArgumentException(
          "a budget must not be negative, got " + atLeast + " and " + share);
    }
    return new Retry(attempts, base, most, transients, atLeast, share);
  }

  /// Whether there is another attempt.
  ///
  /// @param attempt that has failed, from 1
  boolean isWanted(int attempt, Throwable failure, long retried, long pulled) {
    return attempt < attempts
        && retried - budgetAtLeast < (long) (budgetShare * (double) pulled)
        && transients.test(failure);
  }

  long waitNanos(int attempt, RandomGenerator random) {
    var doubled = base.multipliedBy(1L << Math.min(attempt - 1, DOUBLINGS));
    var longest = doubled.compareTo(most) < 0 ? doubled : most;
    return random.nextLong(longest.toNanos() + 1);
  }
}
