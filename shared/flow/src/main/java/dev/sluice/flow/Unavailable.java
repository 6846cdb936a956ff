package dev.sluice.flow;

import org.jspecify.annotations.Nullable;

/// A store or a queue refused a request for a reason of its own, and may take it the next time.
///
/// A fault in a message, a plan or an archive is no such refusal.
public final class Unavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// @param what the request, and where it went
  /// @param why the client's own failure
  public Unavailable(String what, @Nullable Throwable why) {
    super(why == null ? what : what + ": " + why.getMessage(), why);
  }

  /// Whether a failure was caused by one.
  public static boolean isCauseOf(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Unavailable) {
        return true;
      }
    }
    return false;
  }
}
