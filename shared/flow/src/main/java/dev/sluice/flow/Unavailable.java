package dev.sluice.flow;

import org.jspecify.annotations.Nullable;

/// A store or a queue did not do what it was asked, for a reason of its own: it may the next time.
///
/// What a message, a plan or an archive says wrong is none of these.
public final class Unavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// @param what it was asked to do, and where
  /// @param why as its client says it
  public Unavailable(String what, @Nullable Throwable why) {
    super(why == null ? what : what + ": " + why.getMessage(), why);
  }

  /// Whether one is among the causes.
  public static boolean isCauseOf(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Unavailable) {
        return true;
      }
    }
    return false;
  }
}
