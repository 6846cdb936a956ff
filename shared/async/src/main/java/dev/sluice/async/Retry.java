package dev.sluice.async;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Which failures are tried again, how often, and after which wait.
///
/// The wait is drawn evenly from zero to `base × 2^(attempt − 1)`, and never from more than `most`:
/// exponential back-off with full jitter. While it lasts the item waits in the look-ahead and holds
/// no permit. The timeout is for each attempt, the deadline for all of them: an attempt that could
/// only begin at the deadline is not waited for, and the last fault is the outcome.
///
/// An attempt that timed out is tried again after its wait even if its work ignores the cancel and
/// still runs under its own permit; `Lanes.byKey` keeps the two apart.
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

  /// At most so many attempts of an item, the first included. Every failure is tried again, after
  /// at most 100 ms at first and 5 s at last, until told otherwise.
  ///
  /// @throws IllegalArgumentException if it is below 1 or above 1,000
  public static Retry attempts(int most) {
    if (most < 1 || most > MOST_ATTEMPTS) {
      throw new IllegalArgumentException(
          "attempts must be from 1 to " + MOST_ATTEMPTS + ", got " + most);
    }
    return new Retry(most, BASE, MOST, _ -> true, Long.MAX_VALUE, 0);
  }

  /// Other waits.
  ///
  /// @param first the most before the second attempt; it doubles with each
  /// @param last what it stops doubling at
  /// @throws IllegalArgumentException if the first is negative or above the last, or the last above
  ///   a day
  public Retry backoff(Duration first, Duration last) {
    if (first.isNegative() || first.compareTo(last) > 0 || last.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "back-off must rise from 0 or more to at most a day, got " + first + " to " + last);
    }
    return new Retry(attempts, first, last, transients, budgetAtLeast, budgetShare);
  }

  /// Only these failures; a timeout is asked for as a [java.util.concurrent.TimeoutException]. It
  /// runs on the driver.
  public Retry when(Predicate<? super Throwable> isTransient) {
    Objects.requireNonNull(isTransient, "the predicate must not be null");
    return new Retry(attempts, base, most, isTransient, budgetAtLeast, budgetShare);
  }

  /// So many retries in a run: `atLeast`, and that share of the items that were pulled, so that a
  /// service that is down does not get its load times `attempts`.
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
