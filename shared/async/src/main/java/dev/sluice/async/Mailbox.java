package dev.sluice.async;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The flights of a run that have news for its driver: an intrusive stack.
///
/// Any thread posts and never blocks; the driver takes all flights at once. A flight is in it at
/// most once, so the permits bound its length. One reference holds both the stack and whether the
/// driver sleeps, so the driver either sees a post before it falls asleep or is woken by it.
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

  // The flight that was posted last, or `asleep`, or null.
  private volatile @Nullable Flight<T, R> newest;

  /// @param asleep a flight that is never posted
  /// @param wake is called from any thread that posts while the driver sleeps; must not block
  Mailbox(Flight<T, R> asleep, Runnable wake) {
    this.asleep = asleep;
    this.wake = wake;
  }

  /// Adds a flight, from any thread.
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

  /// Takes all flights for the driver, the oldest first; `mail` links each to the next.
  @SuppressWarnings("unchecked") // only flights of this run are posted
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

  /// Lets posts wake the driver from now on.
  ///
  /// @return false if a flight was posted already
  boolean fallAsleep() {
    return NEWEST.compareAndSet(this, null, asleep);
  }

  /// Hears from the driver that it does not sleep any more.
  void awake() {
    NEWEST.compareAndSet(this, asleep, null);
  }
}
