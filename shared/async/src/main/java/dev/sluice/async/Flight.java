package dev.sluice.async;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// One attempt at one item; never used again, for users may keep it as their [Call].
///
/// `state` decides every race: whoever sets ENDED, LATE or CANCELLED first wins, since the two
/// others are only set while ENDED is not, and QUEUED lets a flight into the mailbox once at a
/// time.
final class Flight<T, R extends @Nullable Object>
    implements Call, Waiting<T>, BiConsumer<R, Throwable> {
  static final int ENDED = 1;
  static final int LATE = 2;
  static final int CANCELLED = 4;
  static final int QUEUED = 8;
  private static final int STOPPED = LATE | CANCELLED;

  /// In the place of cancels that can come no more.
  private enum Over implements Runnable {
    OVER;

    @Override
    public void run() {}
  }

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Flight.class, "state", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final Core<T, R> core;
  private final T item;
  final long index;
  final long weight;
  final short attempt;

  @SuppressWarnings("unused") // by STATE
  private volatile int state;

  // What the work gave, or its `Thrown`: written before ENDED is set, read after it was seen.
  // Before
  // the start of another attempt it is the outcome of the one before.
  @Nullable Object result;

  // Owned by the mailbox.
  @Nullable Flight<T, R> mail;

  // Guarded by the lock of Aloft.
  @Nullable Flight<T, R> before;
  @Nullable Flight<T, R> after;

  // Owned by the driver: when its time is over, or when it may be started; and whether its attempt
  // is decided.
  long due;
  boolean isDecided;

  // Guarded by this flight's monitor: nothing, one action or a chain of them, or `Over`.
  private @Nullable Runnable cancels;

  /// Told apart from a result of that type.
  record Thrown(Throwable cause) {}

  Flight(Core<T, R> core, T item, long index, long weight, int attempt) {
    this.core = core;
    this.item = item;
    this.index = index;
    this.weight = weight;
    this.attempt = (short) attempt;
  }

  @Override
  public T item() {
    return item;
  }

  /// Takes the flight out of the mailbox's eyes, and says what it has become by then.
  int unqueue() {
    return (int) STATE.getAndBitwiseAnd(this, ~QUEUED) & ~QUEUED;
  }

  /// The witness: the operation's stage has ended, and the permits come back.
  @Override
  public void accept(R value, @Nullable Throwable failure) {
    result = failure == null ? value : new Thrown(failure);
    var seen = (int) STATE.getAndBitwiseOr(this, ENDED | QUEUED);
    synchronized (this) {
      cancels = Over.OVER;
    }
    core.release(weight);
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
        runCancels();
        return;
      }
    }
  }

  private void runCancels() {
    Runnable owned;
    synchronized (this) {
      owned = cancels;
      cancels = Over.OVER;
    }
    if (owned != null) {
      core.onCancelThread(owned);
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
    onCancel(() -> source.cancel(true));
    return source;
  }

  @Override
  public void onCancel(Runnable action) {
    var carried = core.carried(action);
    synchronized (this) {
      if (!(cancels instanceof Over)) {
        cancels = cancels == null ? carried : new Both(cancels, carried);
        return;
      }
    }
    if ((state & ENDED) == 0) {
      core.onCancelThread(carried);
    }
  }

  /// Each on a cancel thread of its own: one that blocks or throws keeps no other.
  record Both(Runnable first, Runnable second) implements Runnable {
    @Override
    public void run() {
      throw new UnsupportedOperationException("it is taken apart");
    }
  }
}
