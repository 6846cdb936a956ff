package dev.sluice.async;

import java.util.concurrent.Future;

/// What an operation knows of its own run, and where it hands over what can be cancelled.
///
/// One call belongs to one start of one item, and is never used again.
public interface Call {
  /// When the item must have ended: its timeout and the run's deadline, whichever is earlier.
  Deadline deadline();

  /// Whether the item has timed out or was cancelled.
  boolean isCancelled();

  /// Takes the future that stops the work when it is cancelled, and returns it.
  ///
  /// Own what the client returned, not what was chained onto it: cancelling a dependent stage does
  /// not reach its source. On a call that is already late or cancelled it is cancelled at once. A
  /// cancel runs on a cancel thread of the library, never on a timer or I/O thread.
  <F extends Future<?>> F own(F source);

  /// Runs `action` when the item times out or is cancelled; at once if it already has.
  ///
  /// It runs on a cancel thread of the library, at most once, and not at all if the operation's
  /// stage had ended before.
  void onCancel(Runnable action);
}
