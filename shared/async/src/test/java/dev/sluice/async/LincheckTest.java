package dev.sluice.async;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What several threads touch: in the interleavings that Lincheck tries, what they see is what they
/// could see one call after another.
@Tag("proofs")
class LincheckTest {
  /// @param sample enough scenarios to find a missing compare-and-set of a flight, or a missing
  ///   lock of a limiter or of timers; a missing lock of a channel is found by neither number
  private static void check(int whole, int sample, Class<?> structure) {
    new ModelCheckingOptions()
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(1)
        .iterations(Proofs.count(whole, sample))
        .invocationsPerIteration(Proofs.count(150, 100))
        .check(structure);
  }

  @Test
  void closeAgainstSend() {
    check(10, 3, OfAChannel.class);
  }

  @Test
  void cancelAgainstGrant() {
    check(10, 5, OfALimiter.class);
  }

  @Test
  void completionAgainstTimeout() {
    check(30, 10, OfARun.class);
  }

  @Test
  void endAgainstTimer() {
    check(10, 10, OfTimers.class);
  }

  @Test
  void ownAgainstStop() {
    check(10, 3, OfACall.class);
  }

  /// Sends, receives and both ends of a channel.
  @Param(name = "item", gen = IntGen.class, conf = "1:3")
  public static class OfAChannel {
    private final Channel<Integer> channel = Channel.bounded(1);
    private final Deadline now = Deadline.in(Duration.ZERO);

    @Operation
    public boolean trySend(@Param(name = "item") int item) {
      return channel.trySend(item);
    }

    @Operation
    public String receive() {
      return channel.receive(now).join().toString();
    }

    @Operation
    public void close() {
      channel.close();
    }

    @Operation
    public String fail() {
      return channel.fail(new IllegalStateException("broken")).toString();
    }
  }

  /// Two runs on one limiter: the driver of each waits, takes its offer up or leaves, while other
  /// threads release.
  @Param(name = "much", gen = IntGen.class, conf = "1:2")
  public static class OfALimiter {
    private final Limiter limiter = Limiter.of(2);
    private final Side first = new Side(limiter);
    private final Side second = new Side(limiter);

    @Operation(nonParallelGroup = "first")
    public String firstAsks(@Param(name = "much") int much) {
      return first.asks(much);
    }

    @Operation(nonParallelGroup = "first")
    public String firstTakesUp() {
      return first.takesUp();
    }

    @Operation(nonParallelGroup = "first")
    public void firstLeaves() {
      first.leaves();
    }

    @Operation(nonParallelGroup = "second")
    public String secondAsks(@Param(name = "much") int much) {
      return second.asks(much);
    }

    @Operation(nonParallelGroup = "second")
    public String secondEnds() {
      return second.ends();
    }

    @Operation
    public long free() {
      return limiter.free();
    }

    /// What one driver does; its own fields are its thread's.
    private static final class Side {
      private final Limiter.Share share;
      private long held;
      private long wanted;

      Side(Limiter limiter) {
        this.share = limiter.share(() -> {});
      }

      String asks(long much) {
        if (wanted > 0) {
          return "waits already";
        }
        if (share.tryAcquire(much)) {
          held += much;
          return "has";
        }
        wanted = much;
        return "waits";
      }

      String takesUp() {
        var much = wanted;
        wanted = 0;
        if (!share.takeOffer()) {
          return "has no offer";
        }
        held += much;
        return "has";
      }

      void leaves() {
        share.leave();
        wanted = 0;
      }

      String ends() {
        var had = held;
        held = 0;
        share.release(had);
        return "gave " + had;
      }
    }
  }

  /// A run of two items: other threads end their work, the timer finds one late, the driver steps.
  public static class OfARun {
    private final List<CompletableFuture<Integer>> work =
        List.of(new CompletableFuture<>(), new CompletableFuture<>());
    private final List<Flight<Integer, Integer>> flights = new ArrayList<>();
    private final List<Integer> outcomes = new ArrayList<>();
    private final Core<Integer, Integer> core =
        new Core<>(
            FanOut.<Integer, Integer>of(this::start).concurrency(2).timeout(Duration.ofSeconds(1)),
            new Standing(),
            List.of(0, 1),
            (_, outcome) -> outcomes.add(outcome.item()),
            () -> {});

    /// Starts both.
    public OfARun() {
      var _ = core.step();
    }

    @SuppressWarnings("unchecked") // a call is a flight
    private CompletableFuture<Integer> start(int item, Call call) {
      flights.add((Flight<Integer, Integer>) call);
      return work.get(item);
    }

    @Operation
    public void firstEnds() {
      work.getFirst().complete(10);
    }

    @Operation
    public void firstIsLate() {
      flights.getFirst().stop(Flight.LATE);
    }

    @Operation
    public void secondEnds() {
      work.getLast().complete(11);
    }

    @Operation(nonParallelGroup = "driver")
    public void step() {
      var _ = core.step();
    }

    /// What ended or was late has one outcome, the other none.
    @Validate
    public void oneOutcomeForEach() {
      var _ = core.step();
      var first = work.getFirst().isDone() || flights.getFirst().isCancelled() ? 1 : 0;
      var second = work.getLast().isDone() ? 1 : 0;
      if (outcomes.stream().filter(item -> item == 0).count() != first
          || outcomes.stream().filter(item -> item == 1).count() != second) {
        throw new IllegalStateException("outcomes of " + outcomes);
      }
    }
  }

  /// An operation hands over what it owns while the call is stopped.
  public static class OfACall {
    private final Flight<Integer, Integer> call = inFlight(new Standing(), 0);
    private final List<AtomicInteger> cancels = new CopyOnWriteArrayList<>();

    @Operation
    public void own() {
      var counter = new AtomicInteger();
      cancels.add(counter);
      call.onCancel(counter::incrementAndGet);
    }

    @Operation
    public void stop(@Param(gen = IntGen.class, conf = "0:1") int late) {
      call.stop(late == 1 ? Flight.LATE : Flight.CANCELLED);
    }

    /// Each is cancelled once if the call was stopped, and not at all if it was not.
    @Validate
    public void eachIsCancelledOnce() {
      var times = call.isCancelled() ? 1 : 0;
      if (cancels.stream().anyMatch(counter -> counter.get() != times)) {
        throw new IllegalStateException("cancelled " + cancels + " times, not " + times);
      }
    }
  }

  private static Flight<Integer, Integer> inFlight(Timer clock, int item) {
    var core =
        new Core<>(
            FanOut.<Integer, Integer>of((each, _) -> CompletableFuture.completedFuture(each)),
            clock,
            List.<Integer>of(),
            (_, _) -> {},
            () -> {});
    return new Flight<>(core, item, item);
  }

  /// The driver removes flights while the timer looks who is late: none that is left is forgotten.
  public static class OfTimers {
    private final Standing clock = new Standing();
    private final InFlight<Integer, Integer> inFlight = new InFlight<>(clock, true);
    private final List<Flight<Integer, Integer>> flights = new ArrayList<>();
    private final boolean[] isGone = new boolean[3];

    /// All three are in the air, and late when the clock has moved.
    public OfTimers() {
      for (var i = 0; i < 3; i++) {
        var flight = inFlight(clock, i);
        flight.due = i + 1L;
        flights.add(flight);
        inFlight.add(flight);
      }
    }

    @Operation(nonParallelGroup = "driver")
    public void remove(@Param(gen = IntGen.class, conf = "0:2") int which) {
      if (!isGone[which]) {
        isGone[which] = true;
        inFlight.remove(flights.get(which));
      }
    }

    @Operation(nonParallelGroup = "timer")
    public void ring(@Param(gen = IntGen.class, conf = "1:3") int at) {
      clock.nanos = at;
      clock.alarm.run();
    }

    /// Whoever was not removed is late in the end.
    @Validate
    public void nobodyIsForgotten() {
      clock.nanos = 10;
      clock.alarm.run();
      for (var i = 0; i < 3; i++) {
        if (!isGone[i] && !flights.get(i).isCancelled()) {
          throw new IllegalStateException(i + " was forgotten");
        }
      }
    }
  }

  /// A clock that others move; its one alarm rings when it is told to.
  private static final class Standing implements Timer {
    private volatile Runnable alarm = () -> {};
    private volatile long nanos;

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public Future<?> at(long dueNanos, Runnable action) {
      alarm = action;
      return CompletableFuture.completedFuture(0);
    }

    @Override
    public void cancel(Runnable action) {
      action.run();
    }

    @Override
    public RandomGenerator random() {
      return RandomGenerator.getDefault();
    }
  }
}
