package dev.sluice.async;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/// Runs one operation for each input, never more than `concurrency` at once, and gives each input
/// exactly one [Outcome], in the order in which they end.
///
/// ```java
/// var summary =
///     FanOut.ofSource((String key) -> client.get(key))
///         .concurrency(100)
///         .timeout(Duration.ofSeconds(5))
///         .deadline(Deadline.in(Duration.ofSeconds(55)))
///         .forEach(keys, outcome -> save(outcome));
/// ```
///
/// A fan-out is immutable: each setting returns another fan-out, and one may run many times. Inputs
/// are pulled when a permit is free and not before, so concurrency, look-ahead and window bound the
/// memory whatever the number of inputs. The permit of an item comes back when its stage has ended,
/// also after a timeout: the work that really runs never exceeds the limit.
///
/// Only the driver of the run calls iterator, operation, sink, keys, weights and predicates, one at
/// a time. The driver is the calling thread of [#forEach], [#collect] and [#join]; the thread that
/// reads from [#open]; a virtual thread, or the executor of a [Run], for a run that `start…`
/// begins. An exception of iterator, sink, keys, weights or predicates ends the run: no item starts
/// any more, running items are cancelled, every item gets its outcome, and then the exception is
/// thrown, with later ones suppressed on it. A sink that threw is not called again.
///
/// @param <T> the items
/// @param <R> the result of their work
public final class FanOut<T, R extends @Nullable Object> {
  private static final Duration RESERVE = Duration.ofMillis(250);
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final Duration LONGEST_TIMEOUT = Duration.ofDays(36_500);
  private static final int WIDEST_WINDOW = 1 << 20;
  private static final Duration STALL = Duration.ofMillis(10);

  private final AsyncOp<T, R> operation;

  // Only `with` writes these, before another thread sees the copy.
  private int concurrency = 1;
  private long timeoutNanos = Core.NEVER;
  private Deadline deadline = Deadline.NEVER;
  private Duration reserve = RESERVE;
  private Completion completion = Completion.allCompleted();
  private int window;
  private int lookahead;
  private @Nullable Supplier<Lanes<T>> lanes;
  private @Nullable Retry retry;
  private @Nullable Limiter limiter;
  private ToLongFunction<? super T> weight = _ -> 0;
  private @Nullable UnaryOperator<Runnable> context;
  private @Nullable Run run;
  private Duration stallAbove = STALL;
  private Consumer<Duration> stalled = FanOut::warn;

  private FanOut(AsyncOp<T, R> operation) {
    this.operation = operation;
  }

  private FanOut<T, R> with(Consumer<FanOut<T, R>> change) {
    var copy = new FanOut<>(operation);
    copy.concurrency = concurrency;
    copy.timeoutNanos = timeoutNanos;
    copy.deadline = deadline;
    copy.reserve = reserve;
    copy.completion = completion;
    copy.window = window;
    copy.lookahead = lookahead;
    copy.lanes = lanes;
    copy.retry = retry;
    copy.limiter = limiter;
    copy.weight = weight;
    copy.context = context;
    copy.run = run;
    copy.stallAbove = stallAbove;
    copy.stalled = stalled;
    change.accept(copy);
    return copy;
  }

  /// Makes a fan-out that runs one item at a time, without timeout or deadline.
  public static <T, R extends @Nullable Object> FanOut<T, R> of(AsyncOp<T, R> operation) {
    return new FanOut<>(Objects.requireNonNull(operation, "operation must not be null"));
  }

  /// Makes a fan-out for a client that returns a future which stops the work when it is cancelled.
  /// The call owns that future.
  public static <T, R extends @Nullable Object> FanOut<T, R> ofSource(
      Function<? super T, ? extends CompletableFuture<R>> source) {
    Objects.requireNonNull(source, "source must not be null");
    return of((item, call) -> {
      CompletableFuture<R> future = source.apply(item);
      return future == null ? none() : call.own(future);
    });
  }

  @SuppressWarnings("NullAway") // the run makes it a failure of the item
  private static <R extends @Nullable Object> CompletionStage<R> none() {
    return null;
  }

  /// Makes a fan-out for tasks that compute. They run on as many threads as there are processors,
  /// whatever the concurrency. A timeout interrupts the thread.
  public static <T, R extends @Nullable Object> FanOut<T, R> onCpu(SendableTask<T, R> task) {
    Objects.requireNonNull(task, "task must not be null");
    return of((item, call) -> call.own(Offload.cpu().submit(task, item)));
  }

  /// Runs at most `most` operations at once; the default is 1.
  ///
  /// @throws IllegalArgumentException if it is below 1
  public FanOut<T, R> concurrency(int most) {
    return with(copy -> copy.concurrency = atLeastOne("concurrency", most));
  }

  /// Makes each item also take one permit of a limiter that other runs share.
  public FanOut<T, R> limit(Limiter shared) {
    return limit(shared, _ -> 1);
  }

  /// Makes each item also take as many permits as it weighs: all or none. An item that weighs more
  /// than the limiter has in all ends as `NotStarted(TOO_HEAVY)`; a negative weight ends the run.
  ///
  /// @param weightOf in the unit of the limiter's permits
  public FanOut<T, R> limit(Limiter shared, ToLongFunction<? super T> weightOf) {
    Objects.requireNonNull(shared, "limiter must not be null");
    Objects.requireNonNull(weightOf, "weight must not be null");
    return with(copy -> {
      copy.limiter = shared;
      copy.weight = weightOf;
    });
  }

  /// Limits the time of one attempt of an item. When it passes, the futures that the call owns are
  /// cancelled and the outcome is `TimedOut`; the permit comes back when the work has really ended.
  ///
  /// @throws IllegalArgumentException if it is not positive, or above a hundred years
  public FanOut<T, R> timeout(Duration each) {
    if (!each.isPositive() || each.compareTo(LONGEST_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "timeout must be positive and at most " + LONGEST_TIMEOUT + ", got " + each);
    }
    return with(copy -> copy.timeoutNanos = each.toNanos());
  }

  /// Ends the whole run by this deadline, with a reserve of 250 ms to deliver outcomes.
  public FanOut<T, R> deadline(Deadline at) {
    return deadline(at, RESERVE);
  }

  /// Ends the whole run by this deadline: at deadline − reserve no item starts any more and running
  /// items are cancelled. The deadline must have the clock of the run: the JVM's own, or that of
  /// [#on].
  ///
  /// @throws IllegalArgumentException if the reserve is negative
  public FanOut<T, R> deadline(Deadline at, Duration keep) {
    if (keep.isNegative()) {
      throw new IllegalArgumentException("reserve must not be negative, got " + keep);
    }
    return with(copy -> {
      copy.deadline = at;
      copy.reserve = keep;
    });
  }

  /// Decides when the run has enough; the default is all completed.
  public FanOut<T, R> completion(Completion policy) {
    Objects.requireNonNull(policy, "completion must not be null");
    return with(copy -> copy.completion = policy);
  }

  /// Retries failures.
  public FanOut<T, R> retry(Retry policy) {
    Objects.requireNonNull(policy, "retry must not be null");
    return with(copy -> copy.retry = policy);
  }

  /// Lets lanes decide which waiting item starts next, with a look-ahead of twice the concurrency.
  ///
  /// @param each makes the lanes of one run
  public FanOut<T, R> lanes(Supplier<Lanes<T>> each) {
    Objects.requireNonNull(each, "lanes must not be null");
    return with(copy -> copy.lanes = each);
  }

  /// Lets lanes decide which waiting item starts next, with a look-ahead of `ahead`.
  ///
  /// @param ahead the number of items that may be pulled and waiting, whatever blocks them
  /// @throws IllegalArgumentException if it is below 1
  public FanOut<T, R> lanes(Supplier<Lanes<T>> each, int ahead) {
    return lanes(each).with(copy -> copy.lookahead = atLeastOne("look-ahead", ahead));
  }

  /// Delivers in the order of the inputs. At most `most` items are pulled and not yet delivered, so
  /// one slow item holds back at most that many.
  ///
  /// @throws IllegalArgumentException if it is below 1 or above 1,048,576
  public FanOut<T, R> ordered(int most) {
    if (most > WIDEST_WINDOW) {
      throw new IllegalArgumentException(
          "window must be at most " + WIDEST_WINDOW + ", got " + most);
    }
    return with(copy -> copy.window = atLeastOne("window", most));
  }

  /// Takes clock, timer and driver from this run. A fan-out that `start…` begins then calls all
  /// user code on the serial executor of the run, at timeouts and cancels too, and is cancelled
  /// when the run has ended.
  public FanOut<T, R> on(Run of) {
    return with(copy -> copy.run = of);
  }

  /// Wraps actions that run on another thread than the one that asked for them: cancels, and the
  /// driver of a run that `start…` begins. `carry` is applied on the thread that asks, so that it
  /// can take a context of that thread along, as a trace id.
  ///
  /// @param carry wraps an action; the wrapper runs the action once, each time that it is run
  public FanOut<T, R> context(UnaryOperator<Runnable> carry) {
    Objects.requireNonNull(carry, "context must not be null");
    return with(copy -> copy.context = carry);
  }

  /// Reports that iterator, operation, sink, keys or predicates held the driver for long, so that
  /// all other items had to wait. The default is a warning of the `System.Logger` named
  /// `dev.sluice.async` above 10 ms.
  ///
  /// @param above a [Summary#longestStall()] beyond this is reported, once a run
  /// @param say takes that stall, on the driver, when all outcomes are delivered
  /// @throws IllegalArgumentException if `above` is negative
  public FanOut<T, R> onStall(Duration above, Consumer<Duration> say) {
    Objects.requireNonNull(say, "say must not be null");
    if (above.isNegative()) {
      throw new IllegalArgumentException("a stall must not be negative, got " + above);
    }
    return with(copy -> {
      copy.stallAbove = above;
      copy.stalled = say;
    });
  }

  private static void warn(Duration stall) {
    System.getLogger(FanOut.class.getPackageName())
        .log(
            System.Logger.Level.WARNING,
            "iterator, operation or sink held the driver of a fan-out for {0} ms;"
                + " long work belongs on an Offload",
            stall.toMillis());
  }

  private static int atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " must be at least 1, got " + value);
    }
    return value;
  }

  /// Runs for all inputs and blocks; iterator, operation and sink run on the calling thread.
  ///
  /// @throws InterruptedException if the caller is interrupted: running items are cancelled first,
  ///   and each item that was pulled has had its outcome
  public Summary forEach(Iterator<? extends T> inputs, Consumer<? super Outcome<T, R>> sink)
      throws InterruptedException {
    return forEach(once(inputs), sink);
  }

  /// Runs for all inputs and blocks. Every item of a collection, which is in memory, gets an
  /// outcome; of any other iterable, every item that was pulled.
  ///
  /// @throws InterruptedException if the caller is interrupted: running items are cancelled first,
  ///   and each item that was pulled has had its outcome
  public Summary forEach(Iterable<? extends T> inputs, Consumer<? super Outcome<T, R>> sink)
      throws InterruptedException {
    return drive(inputs, (_, outcome) -> sink.accept(outcome));
  }

  /// Runs for all inputs, blocks, and collects the outcomes, in the order in which they come.
  ///
  /// @throws InterruptedException if the caller is interrupted: running items are cancelled first
  public <A, Z> Z collect(
      Iterable<? extends T> inputs, Collector<? super Outcome<T, R>, A, Z> collector)
      throws InterruptedException {
    var collected = new Collected<T, R, A, Z>(collector);
    drive(inputs, collected);
    return collected.finish();
  }

  /// Runs for all inputs and blocks. The first failure ends the run, whatever the completion
  /// policy, and cancels the sources of the others.
  ///
  /// @return the values in the order of the inputs
  /// @throws ExecutionException if one failed; its cause is the first failure, on which the later
  ///   ones are suppressed, or a `TimeoutException` for an item that timed out, or for the deadline
  /// @throws InterruptedException if the caller is interrupted: running items are cancelled first
  public List<R> join(Iterable<? extends T> inputs)
      throws InterruptedException, ExecutionException {
    var joined = new Joined<T, R>();
    completion(Completion.allSuccessful()).drive(inputs, joined);
    var failure = joined.failure();
    if (failure != null) {
      throw new ExecutionException(failure);
    }
    return joined.values();
  }

  /// Runs as the outcomes are read, on the thread that reads, so a slow reader holds back the
  /// source. No input is pulled before the first outcome is asked for.
  public Outcomes<T, R> open(Iterable<? extends T> inputs) {
    return new Outcomes<>(this, inputs);
  }

  /// Starts the run and returns. The driver is the executor of the [Run], if there is one, and
  /// otherwise a virtual thread of its own.
  ///
  /// @return completes when the run has ended. Cancelling it cancels the run, which then ends in
  ///   good order: the cancel returns `false`, every item still gets its outcome, and the future
  ///   its summary. Completing it from outside, as `orTimeout` does, cancels the run in the same
  ///   way, and then the future ends with the value or failure from outside
  public CompletableFuture<Summary> startForEach(
      Iterable<? extends T> inputs, Consumer<? super Outcome<T, R>> sink) {
    return start(inputs, (_, outcome) -> sink.accept(outcome), summary -> summary);
  }

  /// Starts a run that collects as [#collect] does, in the manner of [#startForEach].
  public <A, Z> CompletableFuture<Z> startCollect(
      Iterable<? extends T> inputs, Collector<? super Outcome<T, R>, A, Z> collector) {
    var collected = new Collected<T, R, A, Z>(collector);
    return start(inputs, collected, _ -> collected.finish());
  }

  /// Starts a run that joins as [#join] does, in the manner of [#startForEach]. The future fails
  /// with the cause of the exception of [#join], and with a `CancellationException` if it was
  /// cancelled.
  public CompletableFuture<List<R>> startJoin(Iterable<? extends T> inputs) {
    return startJoin(inputs, values -> values);
  }

  <Z extends @Nullable Object> CompletableFuture<Z> startJoin(
      Iterable<? extends T> inputs, Function<List<R>, Z> made) {
    var joined = new Joined<T, R>();
    return completion(Completion.allSuccessful())
        .start(
            inputs,
            joined,
            _ -> {
              var failure = joined.failure();
              if (failure != null) {
                throw new CompletionException(failure);
              }
              return made.apply(joined.values());
            });
  }

  Summary drive(Iterable<? extends T> inputs, Sink<T, R> sink) throws InterruptedException {
    var driver = Thread.currentThread();
    var core = new Core<>(this, Timer.SYSTEM, inputs, sink, () -> LockSupport.unpark(driver));
    if (Parking.untilDone(core)) {
      throw new InterruptedException("the fan-out was interrupted; what ran was cancelled");
    }
    Parking.rethrow(core.broken());
    return core.summary();
  }

  <Z extends @Nullable Object> CompletableFuture<Z> start(
      Iterable<? extends T> inputs, Sink<T, R> sink, Function<Summary, Z> result) {
    return run == null
        ? new ThreadDriver<>(this, inputs, sink, result)
        : new RunDriver<>(this, run, inputs, sink, result);
  }

  @SuppressWarnings("unchecked") // an iterator only gives
  private static <T> Iterable<T> once(Iterator<? extends T> inputs) {
    return () -> (Iterator<T>) inputs;
  }

  AsyncOp<T, R> operation() {
    return operation;
  }

  int concurrency() {
    return concurrency;
  }

  long timeoutNanos() {
    return timeoutNanos;
  }

  Deadline stopAt() {
    return deadline.minus(reserve);
  }

  /// How long the run waits for overdue work at its end, never past the deadline.
  long graceNanos() {
    return Math.min(GRACE.toNanos(), deadline.leftNanos());
  }

  Completion completion() {
    return completion;
  }

  int window() {
    return window;
  }

  int lookahead() {
    return lookahead > 0 ? lookahead : Math.min(concurrency, Integer.MAX_VALUE / 2) * 2;
  }

  @Nullable Lanes<T> newLanes() {
    return lanes == null ? null : lanes.get();
  }

  @Nullable Retry retry() {
    return retry;
  }

  @Nullable Limiter limiter() {
    return limiter;
  }

  long weightOf(T item) {
    var much = weight.applyAsLong(item);
    if (much < 0) {
      throw new IllegalArgumentException(
          "a weight must not be negative, got " + much + " for " + item);
    }
    return much;
  }

  void sayStall(Duration longest) {
    if (longest.compareTo(stallAbove) > 0) {
      stalled.accept(longest);
    }
  }

  @Nullable UnaryOperator<Runnable> context() {
    return context;
  }
}
