package dev.sluice.async;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The flights of a run that have news for its driver: an intrusive stack.
///
/// Any thread posts and never blocks; the driver takes all at once. A flight is in it at most once,
/// so it is as long as the permits. One reference holds both the stack and whether the driver
/// sleeps, so a post either is seen before the driver falls asleep or wakes it.
final class Mailbox<T, R extends @Nullable Object> {
  private static final VarHandle NEWEST;

  static {
    try {
      NEWEST = MethodHandles.lookup().findVarHandle(Mailbox.class, "newest", Flight.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final Flight<T, R> asleep;
  private final Runnable wake;

  // The flight that was posted last, `asleep`, or null.
  private volatile @Nullable Flight<T, R> newest;

  /// @param asleep a flight that is never posted
  /// @param wake called from any thread when something is posted and the driver sleeps; must not
  ///   block
  Mailbox(Flight<T, R> asleep, Runnable wake) {
    this.asleep = asleep;
    this.wake = wake;
  }

  /// Any thread.
  void post(Flight<T, R> flight) {
    Flight<T, R> seen;
    do {
      seen = newest;
      flight.mail = seen == asleep ? null : seen;
    } while (!NEWEST.compareAndSet(this, seen, flight));
    if (seen == asleep) {
      wake.run();
    }
  }

  /// The driver takes all, the oldest first; each leads to the next by `mail`.
  @SuppressWarnings("unchecked") // flights of this run alone
  @Nullable Flight<T, R> take() {
    var chain = (Flight<T, R>) NEWEST.getAndSet(this, null);
    Flight<T, R> oldest = null;
    while (chain != null) {
      var rest = chain.mail;
      chain.mail = oldest;
      oldest = chain;
      chain = rest;
    }
    return oldest;
  }

  boolean isEmpty() {
    return newest == null;
  }

  boolean isAsleep() {
    return newest == asleep;
  }

  /// The driver: what is posted from now on wakes it.
  ///
  /// @return false if something was posted already
  boolean fallAsleep() {
    return NEWEST.compareAndSet(this, null, asleep);
  }

  /// The driver does not sleep any more.
  void awake() {
    NEWEST.compareAndSet(this, asleep, null);
  }
}
