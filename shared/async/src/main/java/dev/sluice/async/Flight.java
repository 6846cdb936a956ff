package dev.sluice.async;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// One attempt at one item. It is never used again, for users may keep it as their [Call].
///
/// `state` decides every race. The first thread that sets ENDED, LATE or CANCELLED wins: LATE and
/// CANCELLED are only set while none of the three is. QUEUED keeps a flight from being in the
/// mailbox twice.
sealed class Flight<T, R extends @Nullable Object>
    implements Call, Waiting<T>, BiConsumer<R, Throwable> {
  static final int ENDED = 1;
  static final int LATE = 2;
  static final int CANCELLED = 4;
  static final int QUEUED = 8;
  private static final int STOPPED = LATE | CANCELLED;

  /// Stands in `owned` once everything that the flight owned was cancelled.
  private enum Over {
    OVER
  }

  private static final VarHandle STATE;
  private static final VarHandle OWNED;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Flight.class, "state", int.class);
      OWNED = MethodHandles.lookup().findVarHandle(Flight.class, "owned", Object.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final Core<T, R> core;
  private final T item;
  final long index;

  @SuppressWarnings("unused") // STATE writes it
  private volatile int state;

  // The result of the work, or a `Thrown`: written before ENDED is set, read after ENDED was seen.
  // Before a retry starts, it is the outcome of the attempt before.
  @Nullable Object result;

  // The mailbox owns this.
  @Nullable Flight<T, R> mail;

  // The lock of InFlight guards these; `@GuardedBy` cannot name the lock of another object.
  @Nullable Flight<T, R> before;
  @Nullable Flight<T, R> after;

  // The driver owns these: the instant of its timeout, or of its start while it waits for one; and
  // whether the attempt has its outcome.
  long due;
  boolean isDecided;

  // A stop cancels this: nothing, a future, an action, a chain of them, or `OVER`. A thread that
  // adds to it and sees OVER cancels its own source; otherwise `stop` takes that source out and
  // cancels it.
  private volatile @Nullable Object owned;

  /// A failure; the wrapper tells it from a result that is a `Throwable`.
  record Thrown(Throwable cause) {}

  /// An action to run; the wrapper tells it from a future that is a `Runnable`.
  private record Action(Runnable action) {}

  private record Chain(Object rest, Object last) {}

  /// A flight of a run with a limiter, or a retry. All other flights are 8 bytes smaller.
  static final class Weighed<T, R extends @Nullable Object> extends Flight<T, R> {
    private final long weight;
    private final int attempt;

    Weighed(Core<T, R> core, T item, long index, long weight, int attempt) {
      super(core, item, index);
      this.weight = weight;
      this.attempt = attempt;
    }

    @Override
    long weight() {
      return weight;
    }

    @Override
    int attempt() {
      return attempt;
    }
  }

  Flight(Core<T, R> core, T item, long index) {
    this.core = core;
    this.item = item;
    this.index = index;
  }

  /// The number of permits that it takes from the limiter.
  long weight() {
    return 0;
  }

  /// The number of this attempt, from 1.
  int attempt() {
    return 1;
  }

  @Override
  public T item() {
    return item;
  }

  /// Returns the state, and lets the flight into the mailbox again unless it has ended.
  int unqueue() {
    var seen = state;
    return (seen & ENDED) != 0 ? seen : (int) STATE.getAndBitwiseAnd(this, ~QUEUED);
  }

  /// The witness: the operation's stage has ended, and the permits come back.
  @Override
  public void accept(R value, @Nullable Throwable failure) {
    result = failure == null ? value : new Thrown(failure);
    var seen = (int) STATE.getAndBitwiseOr(this, ENDED | QUEUED);
    core.release(weight());
    if ((seen & QUEUED) == 0) {
      core.post(this);
    }
  }

  /// Marks the flight late or cancelled unless it ended or was stopped before, and cancels what it
  /// owns.
  void stop(int why) {
    for (var seen = state; (seen & (ENDED | STOPPED)) == 0; seen = state) {
      if (STATE.compareAndSet(this, seen, seen | why | QUEUED)) {
        if ((seen & QUEUED) == 0) {
          core.post(this);
        }
        cancel(OWNED.getAndSet(this, Over.OVER));
        return;
      }
    }
  }

  /// Cancels each source on a cancel thread of its own, so that a cancel that blocks or throws
  /// holds up no other.
  private void cancel(@Nullable Object held) {
    var rest = held;
    while (rest instanceof Chain(var before, var last)) {
      cancelOne(last);
      rest = before;
    }
    cancelOne(rest);
  }

  private void cancelOne(@Nullable Object one) {
    switch (one) {
      case Action(var action) -> core.onCancelThread(action);
      case Future<?> source -> core.onCancelThread(() -> source.cancel(true));
      case null, default -> {} // nothing is owned, or it was stopped before
    }
  }

  private void hold(Object source) {
    for (var held = owned; !(held instanceof Over); held = owned) {
      if (OWNED.compareAndSet(this, held, held == null ? source : new Chain(held, source))) {
        return;
      }
    }
    if ((state & ENDED) == 0) {
      cancelOne(source);
    }
  }

  @Override
  public Deadline deadline() {
    return core.deadlineOf(this);
  }

  @Override
  public boolean isCancelled() {
    return (state & STOPPED) != 0;
  }

  @Override
  public <F extends Future<?>> F own(F source) {
    Objects.requireNonNull(source, "a call owns a future, got null");
    hold(core.hasContext() ? new Action(core.carriedSurely(() -> source.cancel(true))) : source);
    return source;
  }

  @Override
  public void onCancel(Runnable action) {
    Objects.requireNonNull(action, "action must not be null");
    hold(new Action(core.carried(action)));
  }
}
