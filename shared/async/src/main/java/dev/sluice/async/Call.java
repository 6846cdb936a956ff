package dev.sluice.async;

import java.util.concurrent.Future;

/// The deadline of one operation, and the place where it hands over a future or an action that
/// stops its work.
///
/// A call belongs to one attempt of one item, and is never used again.
public interface Call {
  /// The instant at which the attempt must have ended: its timeout or the deadline of the run,
  /// whichever is earlier.
  Deadline deadline();

  /// Whether the item has timed out or was cancelled.
  boolean isCancelled();

  /// Takes the future that stops the work when it is cancelled, and returns it.
  ///
  /// Own the future that the client returned, not a stage chained onto it: cancelling a dependent
  /// stage does not reach its source. On a call that is already late or cancelled the future is
  /// cancelled at once. A cancel runs on a cancel thread of the library, never on a timer or I/O
  /// thread.
  <F extends Future<?>> F own(F source);

  /// Runs `action` when the item times out or is cancelled; at once if it already has.
  ///
  /// It runs on a cancel thread of the library, at most once, and not at all if the operation's
  /// stage had ended before.
  void onCancel(Runnable action);
}
