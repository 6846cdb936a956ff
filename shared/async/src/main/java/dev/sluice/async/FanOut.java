package dev.sluice.async;

import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs one operation for each input, never more than `concurrency` at once, and gives each input
/// exactly one [Outcome], in the order in which they end.
///
/// Immutable: each setting gives another fan-out, and one may run many times. Inputs are pulled
/// when a permit is free and not before, so memory is bounded by concurrency and look-ahead
/// whatever the number of inputs. The permit of an item comes back when its stage has ended, also
/// after a timeout: what really runs never exceeds the limit.
///
/// @param <T> the items
/// @param <R> what their work gives
public final class FanOut<T, R extends @Nullable Object> {
  private static final Duration RESERVE = Duration.ofMillis(250);
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final AsyncOp<T, R> operation;
  private final int concurrency;
  private final @Nullable Duration timeout;
  private final Deadline deadline;
  private final Duration reserve;
  private final @Nullable Supplier<Lanes<T>> lanes;
  private final int lookahead;
  private final @Nullable Run run;

  private FanOut(
      AsyncOp<T, R> operation,
      int concurrency,
      @Nullable Duration timeout,
      Deadline deadline,
      Duration reserve,
      @Nullable Supplier<Lanes<T>> lanes,
      int lookahead,
      @Nullable Run run) {
    this.operation = operation;
    this.concurrency = concurrency;
    this.timeout = timeout;
    this.deadline = deadline;
    this.reserve = reserve;
    this.lanes = lanes;
    this.lookahead = lookahead;
    this.run = run;
  }

  /// One item at a time, without timeout or deadline, until told otherwise.
  public static <T, R extends @Nullable Object> FanOut<T, R> of(AsyncOp<T, R> operation) {
    Objects.requireNonNull(operation, "operation must not be null");
    return new FanOut<>(operation, 1, null, Deadline.NEVER, RESERVE, null, 1, null);
  }

  /// The same for a client that returns the future which stops the work when it is cancelled: it is
  /// owned by the call.
  public static <T, R extends @Nullable Object> FanOut<T, R> ofSource(
      Function<? super T, ? extends CompletableFuture<R>> source) {
    Objects.requireNonNull(source, "source must not be null");
    return of((item, call) -> (CompletionStage<R>) call.own(source.apply(item)));
  }

  /// At most so many operations at once.
  ///
  /// @throws IllegalArgumentException if it is below 1
  public FanOut<T, R> concurrency(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1, got " + most);
    }
    return new FanOut<>(operation, most, timeout, deadline, reserve, lanes, lookahead, run);
  }

  /// How long one item may take. When it passes, what the call owns is cancelled and the outcome is
  /// `TimedOut`; the permit comes back when the work has really ended.
  ///
  /// @throws IllegalArgumentException if it is not positive
  public FanOut<T, R> timeout(Duration each) {
    if (!each.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, got " + each);
    }
    return new FanOut<>(operation, concurrency, each, deadline, reserve, lanes, lookahead, run);
  }

  /// When the whole run must be over, less 250 ms to deliver what it has.
  public FanOut<T, R> deadline(Deadline at) {
    return deadline(at, RESERVE);
  }

  /// The same with a reserve of one's own: at deadline − reserve nothing starts any more and what
  /// runs is cancelled.
  public FanOut<T, R> deadline(Deadline at, Duration keep) {
    if (keep.isNegative()) {
      throw new IllegalArgumentException("reserve must not be negative, got " + keep);
    }
    return new FanOut<>(operation, concurrency, timeout, at, keep, lanes, lookahead, run);
  }

  /// Lets lanes decide which waiting item starts next.
  ///
  /// @param each makes the lanes of one run
  /// @param ahead at most so many items are pulled and waiting, whatever blocks them
  public FanOut<T, R> lanes(Supplier<Lanes<T>> each, int ahead) {
    if (ahead < 1) {
      throw new IllegalArgumentException("look-ahead must be at least 1, got " + ahead);
    }
    return new FanOut<>(operation, concurrency, timeout, deadline, reserve, each, ahead, run);
  }

  /// Takes clock, timer and driver from this run: [#startForEach] then calls iterator, start and
  /// sink on its serial executor.
  public FanOut<T, R> on(Run of) {
    return new FanOut<>(operation, concurrency, timeout, deadline, reserve, lanes, lookahead, of);
  }

  /// Runs for all inputs and blocks; iterator, start and sink run on the calling thread.
  ///
  /// @throws InterruptedException if the caller is interrupted: what runs is cancelled first
  public Summary forEach(Iterator<? extends T> inputs, Consumer<? super Outcome<T, R>> sink)
      throws InterruptedException {
    return forEach((Iterable<T>) () -> cast(inputs), sink);
  }

  /// The same. Of a collection, which is in memory, every item gets an outcome; of another
  /// iterable, every one that was pulled.
  ///
  /// @throws InterruptedException if the caller is interrupted: what runs is cancelled first
  public Summary forEach(Iterable<? extends T> inputs, Consumer<? super Outcome<T, R>> sink)
      throws InterruptedException {
    var driver = Thread.currentThread();
    var core = new Core<>(this, Clockwork.SYSTEM, inputs, sink, () -> LockSupport.unpark(driver));
    var interrupted = false;
    for (var due = core.step(); due != Core.DONE; due = core.step()) {
      var wait = due == Core.NEVER ? Long.MAX_VALUE : due - System.nanoTime();
      if (core.isAsleep() && wait > 0) {
        LockSupport.parkNanos(core, wait);
      }
      if (Thread.interrupted()) {
        interrupted = true;
        core.cancel(Outcome.Stop.CANCELLED);
      }
    }
    if (interrupted) {
      throw new InterruptedException("the fan-out was interrupted; what ran was cancelled");
    }
    rethrow(core.broken());
    return core.summary();
  }

  /// Starts the run and returns; cancelling the future cancels the run. On a [Run] everything
  /// happens on its executor, otherwise on a virtual thread of its own.
  public CompletableFuture<Summary> startForEach(
      Iterable<? extends T> inputs, Consumer<? super Outcome<T, R>> sink) {
    return run == null ? startOnAThread(inputs, sink) : new RunDriver<>(this, run, inputs, sink);
  }

  private CompletableFuture<Summary> startOnAThread(
      Iterable<? extends T> inputs, Consumer<? super Outcome<T, R>> sink) {
    var ended = new CompletableFuture<Summary>();
    var driver =
        Thread.ofVirtual()
            .unstarted(() -> {
              try {
                ended.complete(forEach(inputs, sink));
              } catch (Throwable thrown) {
                ended.completeExceptionally(thrown);
              }
            });
    ended.whenComplete((_, _) -> {
      if (ended.isCancelled()) {
        driver.interrupt();
      }
    });
    driver.start();
    return ended;
  }

  /// The driver of a run on a serial executor.
  private static final class RunDriver<T, R extends @Nullable Object>
      extends CompletableFuture<Summary> {
    private final Core<T, R> core;
    private final Run run;
    // Owned by the executor: the wake-up that is due next, if one is.
    private @Nullable Future<?> alarm;

    RunDriver(
        FanOut<T, R> plan,
        Run run,
        Iterable<? extends T> inputs,
        Consumer<? super Outcome<T, R>> sink) {
      this.run = run;
      this.core = new Core<>(plan, new RunClockwork(run), inputs, sink, this::wake);
      wake();
    }

    private void wake() {
      try {
        run.executor().execute(this::drive);
      } catch (RejectedExecutionException over) {
        // The island has ended and nobody waits for this run any more.
        super.cancel(false);
      }
    }

    private void drive() {
      if (isDone()) {
        return;
      }
      if (alarm != null) {
        alarm.cancel(false);
        alarm = null;
      }
      var due = core.step();
      if (due == Core.DONE) {
        if (core.broken() == null) {
          complete(core.summary());
        } else {
          completeExceptionally(core.broken());
        }
      } else if (due != Core.NEVER) {
        var sleep = run.sleep(Duration.ofNanos(Math.max(0, due - run.nanoTime())));
        alarm = sleep;
        sleep.thenRun(this::drive);
      }
    }

    /// The run ends in good order: every item still gets its outcome, and this future a summary.
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      core.cancel(Outcome.Stop.CANCELLED);
      return false;
    }
  }

  @SuppressWarnings("unchecked") // an iterator only gives
  private static <T> Iterator<T> cast(Iterator<? extends T> inputs) {
    return (Iterator<T>) inputs;
  }

  private static void rethrow(@Nullable Throwable broken) {
    switch (broken) {
      case RuntimeException thrown -> throw thrown;
      case Error thrown -> throw thrown;
      case null, default -> {}
    }
  }

  AsyncOp<T, R> operation() {
    return operation;
  }

  int concurrency() {
    return concurrency;
  }

  @Nullable Duration timeout() {
    return timeout;
  }

  Deadline stopAt() {
    return deadline.minus(reserve);
  }

  /// What is overdue at the end is waited for so long, and never past the deadline.
  long graceNanos() {
    return Math.min(GRACE.toNanos(), deadline.leftNanos());
  }

  int lookahead() {
    return lookahead;
  }

  Lanes<T> newLanes() {
    return lanes == null ? new Fifo<>() : lanes.get();
  }
}
