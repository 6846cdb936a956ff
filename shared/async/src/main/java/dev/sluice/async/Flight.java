package dev.sluice.async;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// One attempt at one item; never used again, for users may keep it as their [Call].
///
/// `state` decides every race: whoever sets ENDED, LATE or CANCELLED first wins, since the two
/// others are only set while ENDED is not, and QUEUED lets a flight into the mailbox once at a
/// time.
sealed class Flight<T, R extends @Nullable Object>
    implements Call, Waiting<T>, BiConsumer<R, Throwable> {
  static final int ENDED = 1;
  static final int LATE = 2;
  static final int CANCELLED = 4;
  static final int QUEUED = 8;
  private static final int STOPPED = LATE | CANCELLED;

  /// In the place of what is owned, when that was cancelled.
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

  @SuppressWarnings("unused") // by STATE
  private volatile int state;

  // What the work gave, or its `Thrown`: written before ENDED is set, read after it was seen.
  // Before
  // the start of another attempt it is the outcome of the one before.
  @Nullable Object result;

  // Owned by the mailbox.
  @Nullable Flight<T, R> mail;

  // Guarded by the lock of InFlight.
  @Nullable Flight<T, R> before;
  @Nullable Flight<T, R> after;

  // Owned by the driver: when its time is over, or when it may be started; and whether its attempt
  // is decided.
  long due;
  boolean isDecided;

  // What is cancelled when the flight is stopped: nothing, a future, an action, a chain of them, or
  // `OVER`. Whoever sees OVER cancels its own; whoever does not is in what `stop` takes out.
  private volatile @Nullable Object owned;

  /// Told apart from a result of that type.
  record Thrown(Throwable cause) {}

  /// Told apart from a future that can be run.
  private record Action(Runnable action) {}

  private record Chain(Object rest, Object last) {}

  /// Of a run with a limiter, and each attempt but the first; the others carry 8 bytes less.
  static final class Measured<T, R extends @Nullable Object> extends Flight<T, R> {
    private final long weight;
    private final int attempt;

    Measured(Core<T, R> core, T item, long index, long weight, int attempt) {
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

  /// How many permits of the limiter it takes.
  long weight() {
    return 0;
  }

  /// 1 for the first.
  int attempt() {
    return 1;
  }

  @Override
  public T item() {
    return item;
  }

  /// Says what the flight has become, and lets it into the mailbox again unless it has ended.
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

  /// Each on a cancel thread of its own: one that blocks or throws keeps no other.
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
      case null, default -> {} // it owns nothing, or was stopped before
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
