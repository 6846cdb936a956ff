package dev.sluice.local.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Ctrl-C and SIGTERM: the first ends the job that is under way in good order, and is passed over
/// when there is none.
///
/// The job's thread is interrupted once. An object that was put is on disk at once, so nothing need
/// be saved. Any thread may call it.
final class Interruption {
  /// The longest that an end in good order may take; then the process ends all the same.
  static final Duration MOST = Duration.ofMillis(4_500);

  @GuardedBy("this")
  private @Nullable Thread worker;

  @GuardedBy("this")
  private boolean asked;

  /// The calling thread begins a job that can be ended in good order.
  synchronized void begin() {
    worker = Thread.currentThread();
  }

  /// The calling thread has ended it; an interrupt that came too late is dropped.
  synchronized void end() {
    worker = null;
    if (asked) {
      Thread.interrupted();
    }
  }

  /// Ends the job under way in good order, if this is the first time.
  ///
  /// @return whether it will end; if not, nothing holds the process
  synchronized boolean ask() {
    if (asked || worker == null) {
      return false;
    }
    asked = true;
    worker.interrupt();
    return true;
  }

  /// Whether it was asked to end.
  synchronized boolean wasAsked() {
    return asked;
  }
}
