package dev.sluice.flow;

import java.util.concurrent.CompletionException;

/// Reads the failures of stages.
public final class Failures {
  private Failures() {}

  /// The exception that a stage failed with: its `CompletionException` is taken off.
  public static Throwable cause(Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : null;
    return cause == null ? failure : cause;
  }
}
