package dev.sluice.async;

import dev.sluice.async.Outcome.Stop;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One run: a state machine that only [#step] moves.
///
/// All fields belong to the driver, but for `asked`; flights, mailbox, `inFlight` and the share
/// guard their own. The driver calls [#step] from one thread at a time, so no lock is held around
/// user code, and iterator, operation and sink never run twice at once.
///
/// The file is long because every decision about an item is here and nowhere else.
final class Core<T, R extends @Nullable Object> {
  /// The run has ended.
  static final long DONE = Long.MIN_VALUE;

  /// The driver has no next step until a thread wakes it.
  static final long NEVER = Long.MAX_VALUE;

  /// A stage of `minimalCompletionStage` extends `CompletableFuture`, and throws when it is asked
  /// for its state.
  private static final Class<?> MINIMAL = CompletableFuture.completedStage(true).getClass();

  private final FanOut<T, R> plan;
  private final Timer timer;
  private final Iterable<? extends T> inputs;
  private final Runnable wake;
  private final Limiter.@Nullable Share share;
  private final long timeoutNanos;
  private final long stopAt;
  private final Mailbox<T, R> mailbox;
  // Any thread that cancels the run sets this; the driver reads it before each start.
  private volatile @Nullable Stop asked;

  private final InFlight<T, R> inFlight;

  private final Pending<T, R> pending;

  // The next flight to start, if only permits of the limiter are missing.
  private @Nullable Flight<T, R> forPermits;

  private final Delivery<T, R> delivery;

  private @Nullable Iterator<? extends T> source;
  private boolean exhausted;
  private @Nullable Stop stopped;
  private @Nullable Throwable broken;
  private boolean wasInterrupted;
  private boolean graceSet;
  private long graceUntil;
  private long now;
  private long longestStallNanos;
  private long pulled;
  private long undecided;
  private long retried;

  /// @param wake is called from any thread when a step is due again; must not block
  Core(
      FanOut<T, R> plan,
      Timer timer,
      Iterable<? extends T> inputs,
      Sink<T, R> sink,
      Runnable wake) {
    this.plan = plan;
    this.timer = timer;
    this.inputs = inputs;
    this.pending = new Pending<>(plan.newLanes(), plan.lookahead());
    this.wake = wake;
    this.share = plan.limiter() == null ? null : plan.limiter().share(wake);
    this.timeoutNanos = plan.timeoutNanos();
    this.inFlight = new InFlight<>(timer, timeoutNanos != NEVER);
    this.delivery = new Delivery<>(sink, plan.window(), this::breaks);
    var left = plan.stopAt().leftNanos();
    this.stopAt = left == Long.MAX_VALUE ? NEVER : timer.nanoTime() + left;
    this.mailbox = new Mailbox<>(marker(), wake);
  }

  @SuppressWarnings("NullAway") // the marker of the mailbox has no item
  private Flight<T, R> marker() {
    return new Flight<>(this, null, 0);
  }

  Deadline deadlineOf(Flight<T, R> flight) {
    var due = timeoutNanos == NEVER ? stopAt : flight.due;
    if (due == NEVER) {
      return Deadline.NEVER;
    }
    return Deadline.at(stopAt != NEVER && stopAt - due < 0 ? stopAt : due, timer::nanoTime);
  }

  /// Wraps an action of the user in the context of the user.
  Runnable carried(Runnable action) {
    return plan.context() == null ? action : Carried.applied(plan.context(), action);
  }

  /// Wraps an action of ours in the context of the user; it runs even if the context does not run
  /// it.
  Runnable carriedSurely(Runnable action) {
    return plan.context() == null ? action : new Carried(plan.context(), action);
  }

  boolean hasContext() {
    return plan.context() != null;
  }

  void onCancelThread(Runnable action) {
    timer.cancel(action);
  }

  /// Gives permits back, on any thread: the work has ended.
  void release(long weight) {
    if (share != null) {
      share.release(weight);
    }
  }

  /// Posts the news of a flight to the driver, from any thread.
  void post(Flight<T, R> flight) {
    mailbox.post(flight);
  }

  /// Leaves the limiter, on any thread: the driver takes no step any more.
  void leaveLimiter() {
    if (share != null) {
      share.leave();
    }
  }

  /// Cancels the run, from any thread: no item starts any more, and running items are cancelled.
  void cancel(Stop why) {
    asked = why;
    wake.run();
  }

  boolean isAsleep() {
    return mailbox.isAsleep();
  }

  /// Whether the run stopped because its driver was interrupted.
  boolean wasInterrupted() {
    return wasInterrupted;
  }

  /// The first exception of sink, iterator or lanes.
  @Nullable Throwable broken() {
    return broken;
  }

  Summary summary() {
    return delivery.summary(
        pulled,
        retried,
        inFlight.all().stream().<Object>map(Flight::item).toList(),
        Duration.ofNanos(longestStallNanos));
  }

  /// Does everything that is possible without waiting.
  ///
  /// @return [#DONE], or the instant of the next step; the driver may be woken before it
  long step() {
    long due;
    now = timer.nanoTime();
    do {
      mailbox.awake();
      stopIfDue();
      takeOffer();
      settleMail();
      due = stopped == null ? admit() : NEVER;
      if (stopped != null) {
        leaveTheRest(stopped);
      }
      if (undecided == 0 && stopped == null && inFlight.size() >= plan.concurrency()) {
        lookForTheEnd();
      }
      tick();
      if (undecided == 0 && exhausted) {
        if (inFlight.size() == 0 || graceIsOver()) {
          inFlight.close();
          guarded(() -> plan.sayStall(Duration.ofNanos(longestStallNanos)));
          return DONE;
        }
        due = graceUntil;
      } else if (stopped == null) {
        due = Math.min(due, stopAt);
      }
    } while (!mailbox.fallAsleep() || isCancelUnseen());
    return due;
  }

  /// Whether a cancel came while user code held the driver. The wake-up of that cancel may be gone,
  /// for user code that parks takes it for its own. The driver asks after it fell asleep, so a
  /// later cancel wakes it.
  private boolean isCancelUnseen() {
    return asked != null && stopped == null;
  }

  /// Asks the source for its end while overdue work holds all permits: no input can be pulled then,
  /// yet the run must end if there is none.
  private void lookForTheEnd() {
    try {
      exhausted = !source().hasNext();
    } catch (RuntimeException | Error thrown) {
      exhausted = true;
      breaks(thrown);
    }
  }

  private void stopIfDue() {
    if (asked != null) {
      stop(asked);
    } else if (Thread.currentThread().isInterrupted()) {
      wasInterrupted = true; // the driver clears the status of its thread
      stop(Stop.CANCELLED);
    } else if (isOver()) {
      stop(Stop.DEADLINE);
    }
  }

  /// Whether the deadline has passed, by the last look at the clock.
  private boolean isOver() {
    return stopAt != NEVER && now - stopAt >= 0;
  }

  private boolean graceIsOver() {
    if (!graceSet) {
      graceSet = true;
      graceUntil = now + plan.graceNanos();
    }
    return now - graceUntil >= 0;
  }

  /// Reads the clock. User code held the driver for the time since the last reading.
  private void tick() {
    var then = now;
    now = timer.nanoTime();
    longestStallNanos = Math.max(longestStallNanos, now - then);
  }

  /// Comes first in a step, so that an offer of permits waits for no user code.
  private void takeOffer() {
    if (share != null && forPermits != null && share.takeOffer()) {
      var granted = forPermits;
      forPermits = null;
      launch(granted);
    }
  }

  private void settleMail() {
    var oldest = mailbox.take();
    while (oldest != null) {
      var rest = oldest.mail;
      oldest.mail = null;
      settle(oldest, oldest.unqueue());
      if (rest != null) {
        tick(); // after the last flight, a launch or the end of the step ticks
      }
      oldest = rest;
    }
  }

  private void settle(Flight<T, R> flight, int state) {
    if ((state & Flight.ENDED) != 0) {
      inFlight.remove(flight);
      settled(flight);
    }
    if (flight.isDecided) {
      return;
    }
    if ((state & Flight.LATE) != 0) {
      decide(flight, new Outcome.TimedOut<>(flight.item(), Duration.ofNanos(timeoutNanos)));
    } else if ((state & Flight.CANCELLED) != 0) {
      decide(
          flight,
          new Outcome.Cancelled<>(flight.item(), stopped == null ? Stop.CANCELLED : stopped));
    } else {
      decide(flight, ended(flight.item(), flight.result));
    }
  }

  private void settled(Flight<T, R> flight) {
    if (pending.hasLanes()) {
      guarded(() -> pending.settled(flight));
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // a result that was not thrown is an R, or null
  private Outcome<T, R> ended(T item, @Nullable Object result) {
    return result instanceof Flight.Thrown(var cause)
        ? new Outcome.Failure<>(item, unwrapped(cause))
        : new Outcome.Success<>(item, (R) result);
  }

  private static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  /// Starts items while permits last.
  ///
  /// @return the instant at which to look again for an item to start
  private long admit() {
    var due = NEVER;
    while (inFlight.size() < plan.concurrency() && mailbox.isEmpty() && !delivery.isFull()) {
      if (asked != null) {
        stop(asked);
      }
      if (stopped != null) {
        break;
      }
      var flight = forPermits;
      if (flight == null) {
        flight = next();
      }
      if (flight == null) {
        due = pending.due();
        break;
      }
      forPermits = null;
      if (share != null && !share.tryAcquire(flight.weight())) {
        forPermits = flight;
        break;
      }
      launch(flight);
    }
    return due;
  }

  /// Returns the flight to start, or null if none may start now.
  private @Nullable Flight<T, R> next() {
    for (var flight = pending.afterBackOff(now);
        flight != null;
        flight = pending.afterBackOff(now)) {
      waits(flight);
    }
    if (!pending.hasLanes()) {
      var first = pending.first();
      return first != null || !pending.hasPlace() ? first : pull();
    }
    while (stopped == null && pending.hasPlace()) {
      var flight = pull();
      if (flight == null) {
        break;
      }
      waits(flight);
      tick(); // the iterator may have taken long
      stopIfDue();
    }
    if (stopped != null) {
      return null;
    }
    tick();
    try {
      return pending.poll(now, () -> stop(Stop.LANES));
    } catch (RuntimeException | Error thrown) {
      breaks(thrown);
      return null;
    }
  }

  private void waits(Flight<T, R> flight) {
    try {
      pending.offer(flight);
    } catch (RuntimeException | Error thrown) {
      breaks(thrown);
      unstarted(flight, Stop.BROKEN);
    }
  }

  /// Pulls the next input, or returns null if there is none now.
  private @Nullable Flight<T, R> pull() {
    while (!exhausted && stopped == null && delivery.hasPlace(pulled) && !delivery.isFull()) {
      try {
        var from = source();
        if (!from.hasNext()) {
          exhausted = true;
          return null;
        }
        var item = from.next();
        var index = pulled++;
        undecided++;
        var flight = flightOf(item, index);
        if (stopped != null) {
          unstarted(flight, stopped);
        } else if (share == null || !share.isTooHeavy(flight.weight())) {
          return flight;
        } else {
          decide(flight, new Outcome.NotStarted<>(item, Stop.TOO_HEAVY));
          tick(); // iterator and sink may have taken long
          stopIfDue();
        }
      } catch (RuntimeException | Error thrown) {
        breaks(thrown);
      }
    }
    return null;
  }

  private Flight<T, R> flightOf(T item, long index) {
    return share == null
        ? new Flight<>(this, item, index)
        : new Flight.Weighed<>(this, item, index, weightOf(item), 1);
  }

  private long weightOf(T item) {
    try {
      return plan.weightOf(item);
    } catch (RuntimeException | Error thrown) {
      breaks(thrown);
      return 0;
    }
  }

  private Iterator<? extends T> source() {
    if (source == null) {
      source = inputs.iterator();
    }
    return source;
  }

  private void launch(Flight<T, R> flight) {
    tick();
    // A cancel or the deadline may have come while user code held the driver: the flight does not
    // start then.
    stopIfDue();
    if (stopped != null) {
      release(flight.weight());
      unstarted(flight, stopped);
      return;
    }
    flight.due = timeoutNanos == NEVER ? NEVER : now + timeoutNanos;
    flight.result = null;
    CompletionStage<R> stage;
    try {
      stage = plan.operation().start(flight.item(), flight);
      if (stage == null) {
        stage = failed(new NullPointerException("an operation must return a stage, got null"));
      }
    } catch (VirtualMachineError error) {
      breaks(error);
      stage = failed(error);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt(); // the driver was interrupted, which cancels the run
      stage = failed(interrupted);
    } catch (Throwable thrown) {
      stage = failed(thrown);
    }
    if (stage instanceof CompletableFuture<R> future
        && future.getClass() != MINIMAL
        && future.isDone()) {
      // The result is there already: it needs no timer, no callback, no mailbox.
      release(flight.weight());
      settled(flight);
      decide(flight, ended(flight.item(), resultOf(future)));
      return;
    }
    inFlight.add(flight);
    try {
      stage.whenComplete(flight);
    } catch (RuntimeException | Error thrown) {
      Core.<R>failed(thrown).whenComplete(flight);
    }
  }

  private static <R extends @Nullable Object> CompletionStage<R> failed(Throwable thrown) {
    return CompletableFuture.failedFuture(thrown);
  }

  private static @Nullable Object resultOf(CompletableFuture<?> future) {
    return future.state() == Future.State.SUCCESS
        ? future.resultNow()
        : new Flight.Thrown(future.handle((_, failure) -> failure).resultNow());
  }

  /// Decides an attempt: its item is retried, or has its outcome.
  private void decide(Flight<T, R> flight, Outcome<T, R> outcome) {
    if (flight.isDecided) {
      return;
    }
    flight.isDecided = true;
    if (isTriedAgain(flight, outcome)) {
      return;
    }
    undecided--;
    delivery.accept(flight.index, outcome);
    if (stopped == null && delivery.isEnoughFor(plan.completion())) {
      stop(Stop.POLICY);
    }
  }

  private boolean isTriedAgain(Flight<T, R> flight, Outcome<T, R> outcome) {
    var retry = plan.retry();
    if (retry == null || stopped != null) {
      return false;
    }
    var failure =
        switch (outcome) {
          case Outcome.Failure<T, R>(_, var cause) -> cause;
          case Outcome.TimedOut<T, R>(_, var after) -> new TimeoutException("after " + after);
          case Outcome.Success<T, R> _, Outcome.Cancelled<T, R> _, Outcome.NotStarted<T, R> _ ->
              null;
        };
    if (failure == null) {
      return false;
    }
    var due = triedAgainAt(retry, flight, failure);
    if (due == NEVER || (stopAt != NEVER && due - stopAt >= 0)) {
      return false;
    }
    var next =
        new Flight.Weighed<>(
            this, flight.item(), flight.index, flight.weight(), flight.attempt() + 1);
    next.result = outcome;
    next.due = due;
    retried++;
    pending.backOff(next);
    return true;
  }

  private long triedAgainAt(Retry retry, Flight<T, R> flight, Throwable failure) {
    try {
      return retry.isWanted(flight.attempt(), failure, retried, pulled)
          ? now + retry.waitNanos(flight.attempt(), timer.random())
          : NEVER;
    } catch (RuntimeException | Error thrown) {
      breaks(thrown);
      return NEVER;
    }
  }

  /// Stops the run: no item starts any more, waiting items end at once, running items are
  /// cancelled.
  private void stop(Stop why) {
    if (stopped != null) {
      return;
    }
    stopped = why;
    for (var flight : inFlight.all()) {
      flight.stop(Flight.CANCELLED);
    }
    if (share != null) {
      share.leave();
    }
    if (forPermits != null) {
      unstarted(forPermits, why);
      forPermits = null;
    }
    guarded(() -> {
      var kept = pending.drain(flight -> unstarted(flight, why));
      if (kept > 0) {
        undecided -= kept;
        throw new IllegalStateException("the lanes kept " + kept + " items when they were drained");
      }
    });
  }

  /// Ends an item that waits. An item that waits for a retry gets the outcome of its last attempt,
  /// which may have had an effect.
  @SuppressWarnings("unchecked") // the result of a flight that did not start is an outcome
  private void unstarted(Flight<T, R> flight, Stop why) {
    var last = (Outcome<T, R>) flight.result;
    decide(flight, last == null ? new Outcome.NotStarted<>(flight.item(), why) : last);
  }

  /// Ends the rest of the inputs after a stop. Every item of a collection, which is in memory, gets
  /// an outcome, once all items before it have theirs; any other iterable is not pulled any more.
  private void leaveTheRest(Stop why) {
    while (!exhausted && undecided == 0 && !delivery.isFull()) {
      try {
        if (!(inputs instanceof Collection<?>) || !source().hasNext()) {
          exhausted = true;
          return;
        }
        var item = source().next();
        undecided++;
        unstarted(new Flight<>(this, item, pulled++), why);
      } catch (RuntimeException | Error thrown) {
        exhausted = true;
        breaks(thrown);
      }
    }
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
}
