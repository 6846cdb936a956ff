package dev.sluice.async;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// One start of one item; never used again, for users may keep it as their [Call].
///
/// `state` decides every race: whoever sets ENDED, LATE or CANCELLED first wins, since the two
/// others are only set while ENDED is not, and QUEUED lets a flight into the mailbox once at a
/// time.
final class Flight<T, R extends @Nullable Object> implements Call, BiConsumer<R, Throwable> {
  static final int ENDED = 1;
  static final int LATE = 2;
  static final int CANCELLED = 4;
  static final int QUEUED = 8;
  private static final int STOPPED = LATE | CANCELLED;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Flight.class, "state", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final Core<T, R> core;
  final T item;
  private final Deadline deadline;

  @SuppressWarnings("unused") // by STATE
  private volatile int state;

  // Written before ENDED is set, read after it was seen.
  @Nullable R result;
  @Nullable Throwable error;

  // Owned by the mailbox.
  @Nullable Flight<T, R> next;

  // Owned by the driver.
  boolean emitted;
  @Nullable Future<?> timer;

  // Guarded by this flight's monitor; null when nothing can be cancelled any more.
  private @Nullable List<Runnable> cancels = new ArrayList<>(1);

  Flight(Core<T, R> core, T item, Deadline deadline) {
    this.core = core;
    this.item = item;
    this.deadline = deadline;
  }

  int state() {
    return state;
  }

  /// Takes the flight out of the mailbox's eyes, and says what it has become by then.
  int unqueue() {
    return (int) STATE.getAndBitwiseAnd(this, ~QUEUED) & ~QUEUED;
  }

  /// The witness: the operation's stage has ended.
  @Override
  public void accept(R value, @Nullable Throwable failure) {
    result = value;
    error = failure;
    var before = (int) STATE.getAndBitwiseOr(this, ENDED | QUEUED);
    synchronized (this) {
      cancels = null;
    }
    if ((before & QUEUED) == 0) {
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
    List<Runnable> owned;
    synchronized (this) {
      owned = cancels == null ? List.of() : List.copyOf(cancels);
      cancels = null;
    }
    owned.forEach(core.clockwork()::cancel);
  }

  @Override
  public Deadline deadline() {
    return deadline;
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
    synchronized (this) {
      if (cancels != null) {
        cancels.add(action);
        return;
      }
    }
    if ((state & ENDED) == 0) {
      core.clockwork().cancel(action);
    }
  }
}
