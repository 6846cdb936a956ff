package dev.sluice.async;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The outcomes of a run, which goes on as they are read.
///
/// ```java
/// try (var outcomes = fanOut.open(inputs)) {
///   while (outcomes.hasNext()) {
///     save(outcomes.next());
///   }
/// }
/// ```
///
/// The thread that reads drives the run. While no thread reads, running items go on and time out,
/// and no item starts, so at most `concurrency` outcomes wait here. One thread at a time may read.
/// An interrupt of the reader cancels the run and is kept; the remaining items then come as
/// `Cancelled` or `NotStarted`.
public final class Outcomes<T, R extends @Nullable Object>
    implements Iterator<Outcome<T, R>>, AutoCloseable {
  private final Core<T, R> core;
  private volatile @Nullable Thread reader;

  // The thread that reads owns these.
  private final Deque<Outcome<T, R>> ready = new ArrayDeque<>();
  private boolean isClosed;
  private boolean isDone;

  Outcomes(FanOut<T, R> plan, Iterable<? extends T> inputs) {
    core = new Core<>(plan, Timer.SYSTEM, inputs, new ReadyOutcomes(), this::wake);
  }

  private final class ReadyOutcomes implements Sink<T, R> {
    @Override
    public void accept(long index, Outcome<T, R> outcome) {
      if (!isClosed) {
        ready.add(outcome);
      }
    }

    @Override
    public boolean isFull() {
      return !ready.isEmpty();
    }
  }

  private void wake() {
    LockSupport.unpark(reader);
  }

  /// Waits until there is an outcome, or until the run has ended.
  ///
  /// @throws IllegalStateException if the outcomes are closed
  /// @throws RuntimeException the exception of the iterator or the lanes, once all outcomes were
  ///   read
  @Override
  public boolean hasNext() {
    if (isClosed) {
      throw new IllegalStateException("the outcomes are closed");
    }
    drive();
    if (ready.isEmpty()) {
      Parking.rethrow(core.broken());
    }
    return !ready.isEmpty();
  }

  /// The next outcome.
  ///
  /// @throws NoSuchElementException if the run has ended
  /// @throws IllegalStateException if the outcomes are closed
  @Override
  public Outcome<T, R> next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the run has ended");
    }
    return ready.remove();
  }

  private void drive() {
    reader = Thread.currentThread();
    var interrupted = false;
    while (ready.isEmpty() && !isDone) {
      var due = core.step();
      if (due == Core.DONE) {
        isDone = true;
      } else if (ready.isEmpty()) {
        interrupted |= Parking.park(core, due);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// The counts of the run so far; they are final when there is no next outcome.
  public Summary summary() {
    return core.summary();
  }

  /// Cancels running items and waits until they have ended, at most a second and not past the
  /// deadline. Outcomes that were not read are dropped. A second close does nothing.
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    ready.clear();
    if (!isDone) {
      core.cancel(Outcome.Stop.CANCELLED);
      drive();
    }
  }
}
