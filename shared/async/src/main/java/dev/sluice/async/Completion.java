package dev.sluice.async;

/// When a run has what it wants, or cannot have it any more: it then starts nothing more, cancels
/// what runs, and every item that was pulled still gets its outcome.
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

  /// Runs to the end whatever fails: collect-all.
  public static Completion allCompleted() {
    return ALL_COMPLETED;
  }

  /// The first failure ends the run: fail-fast.
  public static Completion allSuccessful() {
    return ALL_SUCCESSFUL;
  }

  /// So many successes end the run, whatever failed before: best effort.
  ///
  /// @throws IllegalArgumentException if it is below 1
  public static Completion minSuccessful(long enough) {
    if (enough < 1) {
      throw new IllegalArgumentException("minSuccessful must be at least 1, got " + enough);
    }
    return new Completion(enough, Long.MAX_VALUE);
  }

  /// One failure more than so many ends the run.
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
