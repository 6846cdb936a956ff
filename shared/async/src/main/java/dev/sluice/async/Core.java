package dev.sluice.async;

import dev.sluice.async.Lanes.Next;
import dev.sluice.async.Outcome.Stop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One run: a state machine that only [#step] moves, and a mailbox.
///
/// Everything but the mailbox, `asked` and the flights' own states belongs to the driver, which
/// calls [#step] from one thread at a time; so no lock is held around user code, and iterator,
/// start and sink are never called twice at once. [#post] comes from any thread and never blocks; a
/// flight is in the mailbox at most once, so the mailbox is as long as the permits.
final class Core<T, R extends @Nullable Object> {
  /// The run has ended.
  static final long DONE = Long.MIN_VALUE;

  /// Nothing to do until someone wakes the driver.
  static final long NEVER = Long.MAX_VALUE;

  /// What `minimalCompletionStage` gives extends `CompletableFuture` and cannot be asked.
  private static final Class<?> MINIMAL = CompletableFuture.completedStage(true).getClass();

  private static final VarHandle BOX;

  static {
    try {
      BOX = MethodHandles.lookup().findVarHandle(Core.class, "box", Flight.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final FanOut<T, R> plan;
  private final Clockwork clockwork;
  private final Iterator<? extends T> inputs;
  private final boolean inMemory;
  private final Lanes<T> lanes;
  private final Consumer<? super Outcome<T, R>> sink;
  private final Deadline stopAt;
  private final Runnable wake;
  private final Flight<T, R> asleep;

  // The mailbox: the newest flight that was posted, `asleep`, or null.
  private volatile @Nullable Flight<T, R> box;

  // Set by whoever cancels the run; read by the driver at each step.
  private volatile @Nullable Stop asked;

  private final Set<Flight<T, R>> running = new HashSet<>();
  private int waiting;
  private int unreported;
  private boolean exhausted;
  private @Nullable Stop stopped;
  private @Nullable Throwable broken;
  private boolean graceSet;
  private long graceUntil;
  private long pulled;
  private long succeeded;
  private long failed;
  private long timedOut;
  private long cancelled;
  private long notStarted;
  private long longestStallNanos;

  /// @param wake called from any thread when a step is due again; must not block
  Core(
      FanOut<T, R> plan,
      Clockwork clockwork,
      Iterable<? extends T> inputs,
      Consumer<? super Outcome<T, R>> sink,
      Runnable wake) {
    this.plan = plan;
    this.clockwork = clockwork;
    this.inputs = inputs.iterator();
    this.inMemory = inputs instanceof Collection<?>;
    this.lanes = plan.newLanes();
    this.sink = sink;
    this.stopAt = plan.stopAt();
    this.wake = wake;
    this.asleep = marker();
  }

  @SuppressWarnings("NullAway") // a marker in the mailbox, without an item
  private Flight<T, R> marker() {
    return new Flight<>(this, null, Deadline.NEVER);
  }

  Clockwork clockwork() {
    return clockwork;
  }

  /// Any thread: puts a flight into the mailbox, and wakes the driver if it sleeps.
  void post(Flight<T, R> flight) {
    Flight<T, R> newest;
    do {
      newest = box;
      flight.next = newest == asleep ? null : newest;
    } while (!BOX.compareAndSet(this, newest, flight));
    if (newest == asleep) {
      wake.run();
    }
  }

  /// Any thread: nothing more starts, and what runs is cancelled.
  void cancel(Stop why) {
    asked = why;
    wake.run();
  }

  boolean isAsleep() {
    return box == asleep;
  }

  /// What a sink, an iterator or lanes threw.
  @Nullable Throwable broken() {
    return broken;
  }

  Summary summary() {
    return new Summary(
        pulled,
        succeeded,
        failed,
        timedOut,
        cancelled,
        notStarted,
        running.size(),
        Duration.ofNanos(longestStallNanos));
  }

  /// Does all that can be done without waiting.
  ///
  /// @return [#DONE], or the instant of the next step unless the driver is woken before
  long step() {
    long due;
    do {
      BOX.compareAndSet(this, asleep, null);
      settleMail();
      if (asked != null) {
        stop(asked);
      } else if (stopAt.hasPassed()) {
        stop(Stop.DEADLINE);
      }
      due = stopped == null ? admit() : NEVER;
      if (unreported == 0 && waiting == 0 && (exhausted || stopped != null)) {
        if (running.isEmpty() || graceIsOver()) {
          return DONE;
        }
        due = graceUntil;
      } else if (stopped == null) {
        due = Math.min(due, untilStop());
      }
    } while (!BOX.compareAndSet(this, null, asleep));
    return due;
  }

  private long untilStop() {
    var left = stopAt.leftNanos();
    return left == Long.MAX_VALUE ? NEVER : clockwork.nanoTime() + Math.max(0, left);
  }

  private boolean graceIsOver() {
    var now = clockwork.nanoTime();
    if (!graceSet) {
      graceSet = true;
      graceUntil = now + plan.graceNanos();
    }
    return now - graceUntil >= 0;
  }

  @SuppressWarnings("unchecked") // BOX holds flights of this run alone
  private void settleMail() {
    var chain = (Flight<T, R>) BOX.getAndSet(this, null);
    Flight<T, R> oldest = null;
    while (chain != null) {
      var rest = chain.next;
      chain.next = oldest;
      oldest = chain;
      chain = rest;
    }
    while (oldest != null) {
      var rest = oldest.next;
      oldest.next = null;
      settle(oldest, oldest.unqueue());
      oldest = rest;
    }
  }

  private void settle(Flight<T, R> flight, int state) {
    if ((state & Flight.ENDED) != 0 && running.remove(flight)) {
      if (flight.timer != null) {
        flight.timer.cancel(false);
      }
      guarded(() -> lanes.ended(flight.item));
    }
    if (flight.emitted) {
      return;
    }
    flight.emitted = true;
    unreported--;
    if ((state & Flight.LATE) != 0) {
      emit(new Outcome.TimedOut<>(flight.item, Objects.requireNonNull(plan.timeout())));
    } else if ((state & Flight.CANCELLED) != 0) {
      emit(new Outcome.Cancelled<>(flight.item, stopped == null ? Stop.CANCELLED : stopped));
    } else {
      emit(ended(flight.item, flight.result, flight.error));
    }
  }

  @SuppressWarnings("NullAway") // without an error the result is R, null included
  private Outcome<T, R> ended(T item, @Nullable R result, @Nullable Throwable error) {
    return error == null
        ? new Outcome.Success<>(item, result)
        : new Outcome.Failure<>(item, unwrapped(error));
  }

  private static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  /// Starts while permits last; the instant to ask the lanes again.
  private long admit() {
    while (running.size() < plan.concurrency() && stopped == null) {
      pull();
      if (waiting == 0 || stopped != null) {
        return NEVER;
      }
      Next<T> next;
      try {
        next = lanes.poll(clockwork.nanoTime());
      } catch (RuntimeException thrown) {
        breaks(thrown);
        return NEVER;
      }
      switch (next) {
        case Next.Start<T>(var item) -> start(item);
        case Next.At<T>(var nanos) -> {
          return nanos;
        }
        case Next.Blocked<T>() -> {
          return NEVER;
        }
        case Next.Stop<T>() -> stop(Stop.LANES);
      }
    }
    return NEVER;
  }

  private void pull() {
    while (waiting < plan.lookahead() && !exhausted && stopped == null) {
      try {
        if (inputs.hasNext()) {
          var item = inputs.next();
          pulled++;
          waiting++;
          lanes.offer(item);
        } else {
          exhausted = true;
        }
      } catch (RuntimeException thrown) {
        breaks(thrown);
      }
    }
  }

  private void start(T item) {
    waiting--;
    // A deadline that passed while the iterator was slow starts nothing.
    if (stopAt.hasPassed()) {
      stop(Stop.DEADLINE);
      notStarted++;
      emit(new Outcome.NotStarted<>(item, Stop.DEADLINE));
      return;
    }
    var begun = clockwork.nanoTime();
    var timeout = plan.timeout();
    var deadline =
        timeout == null ? stopAt : Deadline.in(timeout, clockwork::nanoTime).earlier(stopAt);
    var flight = new Flight<>(this, item, deadline);
    CompletionStage<R> stage;
    try {
      stage = plan.operation().start(item, flight);
    } catch (VirtualMachineError error) {
      stop(Stop.BROKEN);
      broken = error;
      stage = CompletableFuture.failedFuture(error);
    } catch (Throwable thrown) {
      stage = CompletableFuture.failedFuture(thrown);
    }
    stalled(clockwork.nanoTime() - begun);
    if (stage instanceof CompletableFuture<R> future
        && future.getClass() != MINIMAL
        && future.isDone()) {
      // Already there: no timer, no callback, no mailbox.
      emit(
          future.state() == Future.State.SUCCESS
              ? ended(item, future.resultNow(), null)
              : ended(item, null, future.handle((_, failure) -> failure).resultNow()));
      guarded(() -> lanes.ended(item));
      return;
    }
    running.add(flight);
    unreported++;
    if (timeout != null) {
      flight.timer = clockwork.at(begun + timeout.toNanos(), () -> flight.stop(Flight.LATE));
    }
    stage.whenComplete(flight);
  }

  /// Nothing more starts; what waits ends at once, what runs is cancelled.
  private void stop(Stop why) {
    if (stopped != null) {
      return;
    }
    stopped = why;
    guarded(() -> {
      for (var item : lanes.drain()) {
        unstarted(item, why);
        waiting--;
      }
    });
    waiting = 0;
    if (inMemory) {
      guarded(() -> {
        while (inputs.hasNext()) {
          pulled++;
          unstarted(inputs.next(), why);
        }
      });
    }
    for (var flight : Set.copyOf(running)) {
      flight.stop(Flight.CANCELLED);
    }
  }

  private void unstarted(T item, Stop why) {
    notStarted++;
    emit(new Outcome.NotStarted<>(item, why));
  }

  private void emit(Outcome<T, R> outcome) {
    switch (outcome) {
      case Outcome.Success<T, R> _ -> succeeded++;
      case Outcome.Failure<T, R> _ -> failed++;
      case Outcome.TimedOut<T, R> _ -> timedOut++;
      case Outcome.Cancelled<T, R> _ -> cancelled++;
      case Outcome.NotStarted<T, R> _ -> {}
    }
    if (broken != null) {
      return; // the sink has thrown: it is not called again
    }
    var begun = clockwork.nanoTime();
    guarded(() -> sink.accept(outcome));
    stalled(clockwork.nanoTime() - begun);
  }

  private void guarded(Runnable userCode) {
    try {
      userCode.run();
    } catch (RuntimeException | Error thrown) {
      breaks(thrown);
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very same throwable cannot suppress itself
  private void breaks(Throwable thrown) {
    if (broken == null) {
      broken = thrown;
    } else if (broken != thrown) {
      broken.addSuppressed(thrown);
    }
    stop(Stop.BROKEN);
  }

  private void stalled(long nanos) {
    longestStallNanos = Math.max(longestStallNanos, nanos);
  }
}
