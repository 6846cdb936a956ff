package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a core does in one step of its driver, on a clock that only this test moves.
class CoreTest {
  private final World world = new World(1);
  private final List<Integer> starts = new ArrayList<>();
  private final List<CompletableFuture<Integer>> work = new ArrayList<>();
  private int wakes;

  private void take(int millis) {
    world.advance(millis * History.MILLI);
  }

  private Core<Integer, Integer> core(
      FanOut<Integer, Integer> plan, Iterator<Integer> inputs, Sink<Integer, Integer> sink) {
    return new Core<>(plan, world, () -> inputs, sink, () -> wakes++);
  }

  private FanOut<Integer, Integer> pending() {
    return FanOut.of((item, _) -> {
      starts.add(item);
      work.add(new CompletableFuture<>());
      return work.getLast();
    });
  }

  private Deadline inMillis(int left) {
    return Deadline.in(Duration.ofMillis(left), world::nanoTime);
  }

  private static Iterator<Integer> items(int count) {
    return IntStream.range(0, count).iterator();
  }

  @Test
  void whatEndsWhileItsDriverIsAtWorkWakesNobody() {
    var plan = FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedStage(item));
    var core = core(plan, items(3), (_, _) -> {});

    assertThat(core.step()).isEqualTo(Core.DONE);
    assertThat(core.summary().succeeded()).isEqualTo(3);
    assertThat(wakes).isZero();
  }

  @Test
  void onlyTheFirstThatEndsWhileItsDriverSleepsWakesIt() {
    var core = core(pending().concurrency(3), items(3), (_, _) -> {});
    assertThat(core.step()).isEqualTo(Core.NEVER);
    assertThat(core.isAsleep()).isTrue();

    work.forEach(each -> each.complete(0));

    assertThat(core.isAsleep()).isFalse();
    assertThat(wakes).isEqualTo(1);
  }

  @Test
  void aDeadlineThatPassesWhileTheLookAheadIsFilledEndsThePulling() {
    var plan = pending().lanes(Recorded::new, 9).deadline(inMillis(100), Duration.ZERO);
    var inputs = IntStream.range(0, 9).peek(_ -> take(60)).iterator();
    var core = core(plan, inputs, (_, _) -> {});

    assertThat(core.step()).isEqualTo(Core.DONE);
    assertThat(core.summary().notStarted()).isEqualTo(2);
    assertThat(core.summary().pulled()).isEqualTo(2);
  }

  @Test
  void nothingMoreIsPulledOnceAStartHeldTheDriverPastTheDeadline() {
    var plan =
        FanOut.<Integer, Integer>of(
                (item, _) -> {
                  take(60);
                  return CompletableFuture.completedFuture(item);
                })
            .deadline(inMillis(100), Duration.ZERO);
    var core = core(plan, items(9), (_, _) -> {});

    assertThat(core.step()).isEqualTo(Core.DONE);
    assertThat(core.summary().succeeded()).isEqualTo(2);
    assertThat(core.summary().notStarted()).isEqualTo(1);
    assertThat(core.summary().pulled()).isEqualTo(3);
  }

  /// As nothing of it starts, nothing else would look at the clock.
  @Test
  void aDeadlineEndsAnIteratorWhoseItemsAreAllTooHeavy() {
    var plan = pending().limit(Limiter.of(1), _ -> 2).deadline(inMillis(100), Duration.ZERO);
    var inputs = IntStream.iterate(0, item -> item + 1).peek(_ -> take(30)).iterator();
    var core = core(plan, inputs, (_, _) -> {});

    assertThat(core.step()).isEqualTo(Core.DONE);
    assertThat(core.summary().notStarted()).isEqualTo(4);
  }

  @Test
  void aCancelThatComesInsideAStartIsSeenBeforeTheNext() {
    var cores = new ArrayList<Core<Integer, Integer>>();
    var plan =
        FanOut.<Integer, Integer>of(
                (item, _) -> {
                  starts.add(item);
                  if (item == 1) {
                    cores.getFirst().cancel(Outcome.Stop.CANCELLED);
                  }
                  return CompletableFuture.completedFuture(item);
                })
            .concurrency(9);
    cores.add(core(plan, items(9), (_, _) -> {}));

    assertThat(cores.getFirst().step()).isEqualTo(Core.DONE);
    assertThat(starts).containsExactly(0, 1);
  }

  @Test
  void aFailureThatComesInsideAStartIsSettledBeforeTheNext() {
    var first = new CompletableFuture<Integer>();
    var plan =
        FanOut.<Integer, Integer>of(
                (item, _) -> {
                  starts.add(item);
                  if (item == 1) {
                    first.completeExceptionally(new IllegalStateException());
                  }
                  return item == 0 ? first : CompletableFuture.completedFuture(item);
                })
            .concurrency(9)
            .completion(Completion.allSuccessful());
    var core = core(plan, items(9), (_, _) -> {});

    assertThat(core.step()).isEqualTo(Core.DONE);
    assertThat(starts).containsExactly(0, 1);
  }

  /// A wait of one nanosecond is drawn as 0 or 1.
  @Test
  void anAttemptThatCouldBeginAtTheDeadlineAndNoSoonerIsNone() {
    var plan =
        FanOut.<Integer, Integer>of(
                (_, _) -> {
                  work.add(new CompletableFuture<>());
                  return work.getLast();
                })
            .retry(Retry.attempts(1_000).backoff(Duration.ofNanos(1), Duration.ofNanos(1)))
            .deadline(inMillis(1), Duration.ZERO);
    var core = core(plan, items(1), (_, _) -> {});
    var deadline = core.step();
    world.advanceTo(deadline - 1);
    var due = deadline;
    for (var i = 0; i < 99 && due == deadline; i++) {
      work.getLast().completeExceptionally(new IllegalStateException());
      due = core.step();
    }

    assertThat(due).isEqualTo(Core.DONE);
    assertThat(core.summary().retried()).isEqualTo(work.size() - 1);
  }

  @Test
  void lanesAreToldTheInstantAfterWhatThePullingTook() {
    var told = new ArrayList<Long>();
    var lanes =
        new Recorded() {
          @Override
          public Next<Integer> poll(long nowNanos) {
            told.add(nowNanos);
            return super.poll(nowNanos);
          }
        };
    var inputs = IntStream.range(0, 2).peek(_ -> take(7)).iterator();
    var core = core(pending().lanes(() -> lanes, 1), inputs, (_, _) -> {});

    assertThat(core.step()).isEqualTo(Core.NEVER);
    assertThat(told).containsExactly(1 + 7 * History.MILLI);
  }

  @Test
  void lanesAreToldTheInstantAfterWhatAStartTook() {
    var told = new ArrayList<Long>();
    var lanes =
        new Recorded() {
          @Override
          public Next<Integer> poll(long nowNanos) {
            told.add(nowNanos);
            return super.poll(nowNanos);
          }
        };
    var plan =
        FanOut.<Integer, Integer>of(
                (_, _) -> {
                  take(7);
                  return new CompletableFuture<>();
                })
            .concurrency(2)
            .lanes(() -> lanes, 2);
    var core = core(plan, items(2), (_, _) -> {});

    assertThat(core.step()).isEqualTo(Core.NEVER);
    assertThat(told).containsExactly(1L, 1 + 7 * History.MILLI);
  }

  @Test
  void lanesThatNameAnInstantAreAskedAgainThen() {
    var opens = world.nanoTime() + 40 * History.MILLI;
    var lanes =
        new Recorded() {
          @Override
          public Next<Integer> poll(long nowNanos) {
            return nowNanos < opens ? new Next.At<>(opens) : super.poll(nowNanos);
          }
        };
    var core = core(pending().lanes(() -> lanes), items(1), (_, _) -> {});

    assertThat(core.step()).isEqualTo(opens);
    assertThat(starts).isEmpty();
    world.advanceTo(opens);
    assertThat(core.step()).isEqualTo(Core.NEVER);
    assertThat(starts).containsExactly(0);
  }

  @Test
  void lanesMayEndTheRun() {
    var outcomes = new ArrayList<Outcome<Integer, Integer>>();
    var lanes =
        new Recorded() {
          @Override
          public Next<Integer> poll(long nowNanos) {
            return new Next.Stop<>();
          }
        };
    var core = core(pending().lanes(() -> lanes), items(9), (_, outcome) -> outcomes.add(outcome));

    assertThat(core.step()).isEqualTo(Core.DONE);
    assertThat(outcomes)
        .containsExactly(
            new Outcome.NotStarted<>(0, Outcome.Stop.LANES),
            new Outcome.NotStarted<>(1, Outcome.Stop.LANES));
  }

  @Test
  void lanesThatThrowBreakTheRun() {
    var wrong = new IllegalStateException("no order");
    var lanes =
        new Recorded() {
          @Override
          public Next<Integer> poll(long nowNanos) {
            throw wrong;
          }
        };
    var core = core(pending().lanes(() -> lanes), items(9), (_, _) -> {});

    assertThat(core.step()).isEqualTo(Core.DONE);
    assertThat(core.broken()).isSameAs(wrong);
    assertThat(core.summary().notStarted()).isEqualTo(2);
  }

  /// Lanes in the order of the offers.
  private static class Recorded implements Lanes<Integer> {
    private final List<Waiting<Integer>> all = new ArrayList<>();

    @Override
    public void offer(Waiting<Integer> waiting) {
      all.add(waiting);
    }

    @Override
    public Next<Integer> poll(long nowNanos) {
      return new Next.Start<>(all.removeFirst());
    }

    @Override
    public void ended(Waiting<Integer> waiting) {}

    @Override
    public List<Waiting<Integer>> drain() {
      var rest = List.copyOf(all);
      all.clear();
      return rest;
    }
  }
}
