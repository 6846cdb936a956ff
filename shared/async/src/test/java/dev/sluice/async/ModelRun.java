package dev.sluice.async;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.IOException;
import java.time.Duration;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A run whose settings the seed draws, and the reference model: what was pulled, what really runs,
/// what was delivered, by counts of its own, checked at each call that the engine makes.
final class ModelRun {
  private static final int KEYS = 3;

  private enum Kind {
    NONE,
    KEYS,
    PRIORITY,
    WEIGHTED
  }

  private enum Context {
    NONE,
    CARRIES,
    SWALLOWS
  }

  private final World world;
  private final History.ModelLimiter limiter;
  private final Runnable elsewhere;

  // What was drawn.
  private final int items;
  private final boolean inMemory;
  private final int concurrency;
  private final long timeout;
  private final long stopAt;
  private final int window;
  private final int lookahead;
  private final Kind lanes;
  private final int keyMost;
  private final int attempts;
  private final boolean reads;
  private final int policy;
  private final int enough;
  private final boolean throwsInSink;
  private final boolean throwsInIterator;
  private final boolean throwsInHasNext;
  private final boolean onIsland;
  private final Context context;

  private final ModelDriver driver;

  // The model.
  private int pulled;
  private int unread;
  private int running;
  private final int[] starts;
  private final int[] delivered;
  private final long[] begun;
  private int order;
  private final Map<Integer, Integer> runningOfKey = new HashMap<>();
  private final int[] lastOfKey = new int[KEYS];
  private final List<Source> mustBeCancelled = new ArrayList<>();
  private final Map<Integer, Source> ownedNow = new HashMap<>();
  private final List<CompletableFuture<Integer>> forEver = new ArrayList<>();
  private int succeeded;
  private int failed;
  private int others;
  private boolean isDecided;
  private boolean threw;
  private boolean wasCancelled;
  private boolean isInContext;

  ModelRun(World world, History.ModelLimiter limiter, Runnable elsewhere) {
    this.world = world;
    this.limiter = limiter;
    this.elsewhere = elsewhere;
    var random = world.random;
    items = random.nextInt(13);
    inMemory = random.nextBoolean();
    concurrency = 1 + random.nextInt(4);
    timeout = random.nextBoolean() ? (1 + random.nextInt(20)) * History.MILLI : 0;
    window = world.chance(3) ? 1 + random.nextInt(4) : 0;
    lookahead = 1 + random.nextInt(6);
    lanes = Kind.values()[random.nextInt(4)];
    keyMost = 1 + random.nextInt(2);
    attempts = world.chance(3) ? 2 + random.nextInt(2) : 1;
    onIsland = world.chance(3);
    context = world.chance(2) ? Context.NONE : Context.values()[random.nextInt(3)];
    reads = !onIsland && world.chance(4);
    policy = random.nextInt(5);
    enough = 1 + random.nextInt(3);
    throwsInSink = world.chance(12);
    throwsInIterator = world.chance(12);
    throwsInHasNext = world.chance(12);
    starts = new int[items];
    delivered = new int[items];
    begun = new long[items];
    Arrays.fill(lastOfKey, -1);

    // User code of a history parks on purpose, and says so a hundred thousand times.
    var plan =
        FanOut.<Integer, Integer>of(this::start)
            .concurrency(concurrency)
            .onStall(Duration.ZERO, _ -> {});
    if (timeout > 0) {
      plan = plan.timeout(Duration.ofNanos(timeout));
    }
    if (random.nextBoolean()) {
      var left = Duration.ofMillis(random.nextInt(120));
      var reserve = Duration.ofMillis(random.nextInt(30));
      plan = plan.deadline(Deadline.in(left, world::nanoTime), reserve);
      stopAt = world.nanoTime() + left.toNanos() - reserve.toNanos();
    } else {
      stopAt = Core.NEVER;
    }
    if (window > 0) {
      plan = plan.ordered(window);
    }
    plan =
        switch (lanes) {
          case NONE -> plan;
          case KEYS -> plan.lanes(Lanes.byKey(ModelRun::key, keyMost), lookahead);
          case PRIORITY ->
              plan.lanes(Lanes.priority(ModelRun::key, KEYS, Duration.ofMillis(5)), lookahead);
          case WEIGHTED -> plan.lanes(Lanes.weighted(ModelRun::key, 5, 2, 1), lookahead);
        };
    if (attempts > 1) {
      plan =
          plan.retry(Retry.attempts(attempts).backoff(Duration.ofMillis(1), Duration.ofMillis(20)));
    }
    if (limiter.limiter() != null) {
      plan = plan.limit(limiter.limiter(), ModelRun::weight);
    }
    plan =
        switch (policy) {
          case 0 -> plan.completion(Completion.allSuccessful());
          case 1 -> plan.completion(Completion.minSuccessful(enough));
          case 2 -> plan.completion(Completion.toleratedFailureCount(enough));
          default -> plan;
        };
    if (context != Context.NONE) {
      plan = plan.context(this::inContext);
    }
    var made = plan;
    driver =
        onIsland
            ? new ModelDriver.OnIsland(
                world, run -> new RunDriver<>(made, run, inputs(), sink(), summary -> summary))
            : new ModelDriver.Parks(world, wake -> new Core<>(made, world, inputs(), sink(), wake));
  }

  private Runnable inContext(Runnable action) {
    return () -> {
      if (context == Context.CARRIES) {
        var before = isInContext;
        isInContext = true;
        action.run();
        isInContext = before;
      }
    };
  }

  /// Anything may happen while the driver is inside user code, which may park.
  private void inUserCode() {
    check(!onIsland || context != Context.CARRIES || isInContext, "a driver without its context");
    world.meanwhile(elsewhere);
    if (world.chance(4)) {
      driver.parkInUserCode();
    }
  }

  private static int key(int item) {
    return item % KEYS;
  }

  private static int weight(int item) {
    return item % 5;
  }

  History.ModelLimiter limiter() {
    return limiter;
  }

  boolean isDone() {
    return driver.isDone();
  }

  long due() {
    return driver.due();
  }

  boolean canStep() {
    return driver.canStep(unread > 0);
  }

  void step() {
    unread = 0; // a reader that comes back has taken what was there
    driver.step();
  }

  void cancel() {
    wasCancelled = true;
    driver.core().cancel(Outcome.Stop.CANCELLED);
  }

  /// Its island ends, if it has one.
  void leave() {
    if (driver.canLeave()) {
      wasCancelled = true;
      driver.leave();
    }
  }

  private Iterable<Integer> inputs() {
    Iterable<Integer> source =
        () ->
            new Iterator<>() {
              @Override
              public boolean hasNext() {
                inUserCode();
                if (throwsInHasNext && pulled == items / 2) {
                  threw = true;
                  throw new IllegalStateException("the iterator knows nothing");
                }
                return pulled < items;
              }

              @Override
              public Integer next() {
                if (throwsInIterator && pulled == items / 2) {
                  threw = true;
                  throw new IllegalStateException("the iterator breaks");
                }
                check(!threw || inMemory, "something was pulled after the run broke");
                inUserCode();
                return pulled++;
              }
            };
    return inMemory ? new InMemory(items, source) : source;
  }

  /// A collection by its type.
  private static final class InMemory extends AbstractCollection<Integer> {
    private final int size;
    private final Iterable<Integer> source;

    InMemory(int size, Iterable<Integer> source) {
      this.size = size;
      this.source = source;
    }

    @Override
    public Iterator<Integer> iterator() {
      return source.iterator();
    }

    @Override
    public int size() {
      return size;
    }
  }

  private CompletionStage<Integer> start(int item, Call call) throws Exception {
    var now = world.nanoTime();
    check(stopAt == Core.NEVER || now < stopAt, "%d started after the deadline", item);
    check(!isDecided, "%d started after the run was decided", item);
    check(!wasCancelled, "%d started after its run was cancelled", item);
    check(delivered[item] == 0, "%d started after its outcome", item);
    check(starts[item] < attempts, "%d had %d attempts", item, starts[item]);
    check(window == 0 || item - order < window, "%d started outside the window at %d", item, order);
    check(running < concurrency, "%d runs beside %d", item, running);
    if (lanes == Kind.KEYS) {
      check(runningOfKey.getOrDefault(key(item), 0) < keyMost, "%d runs beside its key", item);
      check(attempts > 1 || item > lastOfKey[key(item)], "%d started before its turn", item);
      lastOfKey[key(item)] = item;
    }
    starts[item]++;
    begun[item] = now;
    ownedNow.remove(item);
    begins(item);
    inUserCode();
    if (world.chance(100)) {
      cancel(); // whoever does so; the driver parks, and takes the wake-up for its own
      driver.parkInUserCode();
    }
    return switch (world.random.nextInt(8)) {
      case 0 -> {
        ends(item);
        throw new IOException("at once");
      }
      case 1 -> {
        ends(item);
        yield nothing();
      }
      case 2 -> {
        ends(item);
        yield CompletableFuture.completedFuture(item);
      }
      case 3 -> {
        ends(item);
        yield CompletableFuture.failedFuture(new IOException("at once"));
      }
      default -> pending(item, call);
    };
  }

  @SuppressWarnings("NullAway") // what an operation must not do
  private static CompletionStage<Integer> nothing() {
    return null;
  }

  private void begins(int item) {
    running++;
    runningOfKey.merge(key(item), 1, Integer::sum);
    if (limiter.limiter() != null) {
      limiter.takes(weight(item));
    }
  }

  private void ends(int item) {
    running--;
    runningOfKey.merge(key(item), -1, Integer::sum);
    if (limiter.limiter() != null) {
      limiter.gives(weight(item));
    }
  }

  private CompletionStage<Integer> pending(int item, Call call) {
    var future = new CompletableFuture<Integer>();
    if (wasCancelled && world.chance(2)) {
      own(item, call, future); // the cancel that came inside this start is all that can end it
      return future;
    }
    if (mayRunForEver(item) && world.chance(4)) {
      forEver.add(future);
    } else {
      thread(item, future, world.chance(4));
    }
    switch (world.random.nextInt(4)) {
      case 0, 1 -> own(item, call, future);
      case 2 -> {
        var attempt = starts[item];
        world.thread(() -> {
          if (!future.isDone() && attempt == starts[item]) {
            own(item, call, future); // another thread hands its source over, perhaps too late
          }
        });
      }
      default -> {}
    }
    return world.chance(4) ? future.minimalCompletionStage() : future;
  }

  /// Work that nobody ends must not keep the run from its end: its item has a timeout, or the run a
  /// deadline.
  private boolean mayRunForEver(int item) {
    var isLast = lanes == Kind.NONE && attempts == 1 && item == items - 1;
    return limiter.limiter() == null
        && (stopAt == Core.NEVER ? timeout > 0 && isLast : lanes != Kind.KEYS);
  }

  private void thread(int item, CompletableFuture<Integer> future, boolean fails) {
    world.thread(() -> {
      if (!future.isDone()) {
        ends(item);
        var _ =
            fails ? future.completeExceptionally(new IOException("gone")) : future.complete(item);
      }
    });
  }

  private void own(int item, Call call, CompletableFuture<Integer> future) {
    var source = new Source();
    Runnable cancel =
        () -> {
          source.isCancelled = true;
          if (!future.isDone()) {
            ends(item);
            future.cancel(true);
          }
        };
    if (context == Context.SWALLOWS || world.chance(2)) {
      call.own(new Owned(cancel));
    } else {
      call.onCancel(() -> {
        check(context == Context.NONE || isInContext, "%d was cancelled out of context", item);
        cancel.run();
      });
    }
    ownedNow.put(item, source);
    if (call.isCancelled()) {
      mustBeCancelled.add(source);
    }
  }

  /// What an operation has handed to its call.
  private static final class Source {
    boolean isCancelled;
  }

  /// The future of a client, which stops the work when it is cancelled.
  private static final class Owned extends CompletableFuture<Integer> {
    private final Runnable stops;

    Owned(Runnable stops) {
      this.stops = stops;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      stops.run();
      return super.cancel(mayInterruptIfRunning);
    }
  }

  private Sink<Integer, Integer> sink() {
    return new Sink<>() {
      @Override
      public void accept(long index, Outcome<Integer, Integer> outcome) {
        delivered(index, outcome);
      }

      @Override
      public boolean isFull() {
        return reads && unread > 0;
      }
    };
  }

  private void delivered(long index, Outcome<Integer, Integer> outcome) {
    var item = outcome.item();
    check(index == item, "%d has the index %d", item, index);
    check(++delivered[item] == 1, "%d has two outcomes", item);
    check(window == 0 || item == order, "%d was delivered when it was the turn of %d", item, order);
    order++;
    unread += reads ? 1 : 0;
    switch (outcome) {
      case Outcome.Success<Integer, Integer>(_, var value) -> {
        check(value.equals(item), "%d gave %d", item, value);
        succeeded++;
      }
      case Outcome.Failure<Integer, Integer> _ -> failed++;
      case Outcome.TimedOut<Integer, Integer> _ -> {
        failed++;
        check(timeout > 0 && world.nanoTime() - begun[item] >= timeout, "%d is early", item);
        cancelIsAsked(item);
      }
      case Outcome.Cancelled<Integer, Integer> _ -> {
        others++;
        check(starts[item] > 0, "%d was cancelled before it started", item);
        cancelIsAsked(item);
      }
      case Outcome.NotStarted<Integer, Integer> _ -> {
        others++;
        check(starts[item] == 0, "%d had started", item);
      }
    }
    isDecided |=
        switch (policy) {
          case 0 -> failed > 0;
          case 1 -> succeeded >= enough;
          case 2 -> failed > enough;
          default -> false;
        };
    inUserCode();
    if (throwsInSink && order == items / 2 + 1) {
      threw = true;
      isDecided = true;
      throw new IllegalStateException("the sink breaks");
    }
  }

  private void cancelIsAsked(int item) {
    var source = ownedNow.get(item);
    if (source != null) {
      mustBeCancelled.add(source);
    }
  }

  void checkEnd() {
    var core = driver.core();
    var summary = core.summary();
    check(
        !(driver instanceof ModelDriver.OnIsland island) || island.hasLetGo(),
        "what is chained on the run did not happen");
    var left = forEver.stream().filter(future -> !future.isDone()).count();
    check(running == left, "%d still run when nothing is left to happen", running);
    check(summary.overdue().size() >= left, "%s is overdue, and %d run", summary.overdue(), left);
    check(
        mustBeCancelled.stream().allMatch(source -> source.isCancelled),
        "a cancel did not reach its source");
    check(threw == (core.broken() != null), "threw %s and broken is %s", threw, core.broken());
    check(summary.pulled() == pulled, "%d were pulled of %d", summary.pulled(), pulled);
    var sum =
        summary.succeeded()
            + summary.failed()
            + summary.timedOut()
            + summary.cancelled()
            + summary.notStarted();
    check(sum == pulled, "%d outcomes of %d", sum, pulled);
    var started = IntStream.of(starts).filter(count -> count > 0).count();
    check(
        summary.retried() >= IntStream.of(starts).sum() - started, "retried %d", summary.retried());
    if (!threw) {
      check(
          IntStream.range(0, pulled).allMatch(item -> delivered[item] == 1),
          "not all have an outcome: %s",
          IntStream.of(delivered).boxed().toList());
      check(!inMemory || pulled == items, "%d were pulled of a collection of %d", pulled, items);
      check(
          summary.succeeded() == succeeded && summary.failed() + summary.timedOut() == failed,
          "%s with %d and %d",
          summary,
          succeeded,
          failed);
    }
    if (policy > 2 && stopAt == Core.NEVER && core.broken() == null && !wasCancelled) {
      check(pulled == items, "%d were pulled of %d", pulled, items);
      check(others == heavy(), "%d did not run", others);
    }
  }

  private long heavy() {
    var most = limiter.limiter() == null ? Core.NEVER : limiter.limiter().permits();
    return IntStream.range(0, items).filter(item -> weight(item) > most).count();
  }

  @FormatMethod
  private void check(boolean holds, @FormatString String otherwise, @Nullable Object... values) {
    if (!holds) {
      // The engine takes what user code throws for a failure of the item, or of the run.
      world.broken(new AssertionError(String.format(Locale.ROOT, otherwise, values)));
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d items, on island %s, context %s, concurrency %d, timeout %d, stop at %d, window %d, lanes %s of %d, look-ahead %d, attempts %d, policy %d: %s, due %d of %d, running %d",
        items,
        onIsland,
        context,
        concurrency,
        timeout,
        stopAt,
        window,
        lanes,
        keyMost,
        lookahead,
        attempts,
        policy,
        driver.core().summary(),
        driver.due(),
        world.nanoTime(),
        running);
  }
}
