package dev.sluice.async;

/// Decides when a run has enough successes, or too many failures. The run then starts no item any
/// more and cancels those that run; every item that was pulled still gets its outcome.
///
/// `Failure` and `TimedOut` count as failures; `Cancelled` and `NotStarted` do not.
public final class Completion {
  private static final Completion ALL_COMPLETED = new Completion(Long.MAX_VALUE, Long.MAX_VALUE);
  private static final Completion ALL_SUCCESSFUL = new Completion(Long.MAX_VALUE, 0);

  private final long successes;
  private final long failures;

  private Completion(long successes, long failures) {
    this.successes = successes;
    this.failures = failures;
  }

  /// Collect-all: the run goes on whatever fails.
  public static Completion allCompleted() {
    return ALL_COMPLETED;
  }

  /// Fail-fast: the first failure ends the run.
  public static Completion allSuccessful() {
    return ALL_SUCCESSFUL;
  }

  /// Best effort: the run ends at `enough` successes, whatever failed before.
  ///
  /// @throws IllegalArgumentException if it is below 1
  public static Completion minSuccessful(long enough) {
    if (enough < 1) {
      throw new IllegalArgumentException("minSuccessful must be at least 1, got " + enough);
    }
    return new Completion(enough, Long.MAX_VALUE);
  }

  /// The run ends when more than `most` items have failed.
  ///
  /// @throws IllegalArgumentException if it is negative
  public static Completion toleratedFailureCount(long most) {
    if (most < 0) {
      throw new IllegalArgumentException("toleratedFailureCount must not be negative, got " + most);
    }
    return new Completion(Long.MAX_VALUE, most);
  }

  boolean isDecided(long succeeded, long failed) {
    return succeeded >= successes || failed > failures;
  }
}
