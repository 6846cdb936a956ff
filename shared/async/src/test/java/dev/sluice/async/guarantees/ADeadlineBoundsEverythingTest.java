package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Outcome;
import dev.sluice.async.Outcome.Stop;
import dev.sluice.async.Retry;
import dev.sluice.async.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// 8. A deadline bounds everything.
class ADeadlineBoundsEverythingTest {
  private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
  private final Simulation simulation = new Simulation(1);

  @Test
  void withNoTimeLeftNothingIsStarted() throws Exception {
    var begun = new AtomicInteger();

    FanOut.<Integer, Integer>of(
            (item, _) -> {
              begun.incrementAndGet();
              return CompletableFuture.completedFuture(item);
            })
        .deadline(Deadline.in(Duration.ZERO))
        .forEach(List.of(1, 2, 3), outcomes::add);

    assertThat(begun).hasValue(0);
    assertThat(outcomes).hasSize(3).allMatch(Outcome.NotStarted.class::isInstance);
  }

  @Test
  void whatRunsIsCancelledAtTheReserveAndWhatWaitsIsNotStarted() throws Exception {
    var run = simulation.run(Duration.ofSeconds(10));

    var summary =
        simulation.await(
            FanOut.<Integer, Integer>ofSource(_ -> new CompletableFuture<>())
                .concurrency(3)
                .deadline(run.deadline(), Duration.ofSeconds(1))
                .on(run)
                .startForEach(IntStream.range(0, 10).boxed().toList(), outcomes::add));

    assertThat(run.deadline().left()).isEqualTo(Duration.ofSeconds(1));
    assertThat(summary.cancelled()).isEqualTo(3);
    assertThat(summary.notStarted()).isEqualTo(7);
    assertThat(outcomes).contains(new Outcome.NotStarted<>(9, Stop.DEADLINE));
  }

  @Test
  void aCallKnowsTheEarlierOfItsTimeoutAndTheEndOfTheRun() throws Exception {
    var run = simulation.run(Duration.ofSeconds(10));
    var left = new ArrayList<Duration>();

    simulation.await(
        FanOut.<Integer, Integer>of(
                (item, call) -> {
                  left.add(call.deadline().left());
                  return run.sleep(Duration.ofSeconds(4)).thenApply(_ -> item);
                })
            .timeout(Duration.ofSeconds(5))
            .deadline(run.deadline(), Duration.ofSeconds(1))
            .on(run)
            .startForEach(List.of(1, 2), outcomes::add));

    assertThat(left).containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(5));

    left.clear();
    simulation.await(
        FanOut.<Integer, Integer>of(
                (item, call) -> {
                  left.add(call.deadline().left());
                  return CompletableFuture.completedFuture(item);
                })
            .timeout(Duration.ofSeconds(5))
            .deadline(run.deadline(), Duration.ofMillis(500))
            .on(run)
            .startForEach(List.of(1), outcomes::add));

    assertThat(left).containsExactly(Duration.ofMillis(1_500));
  }

  @Test
  void anAttemptThatCouldOnlyBeginAtTheDeadlineIsNotWaitedFor() throws Exception {
    var run = simulation.run(Duration.ofHours(3));

    var summary =
        simulation.await(
            FanOut.<Integer, Integer>of((_, _) -> CompletableFuture.failedFuture(new Exception()))
                .retry(Retry.attempts(1_000).backoff(Duration.ofHours(1), Duration.ofHours(1)))
                .deadline(run.deadline())
                .on(run)
                .startForEach(List.of(1), outcomes::add));

    assertThat(outcomes).hasSize(1).first().isInstanceOf(Outcome.Failure.class);
    assertThat(summary.retried()).isPositive();
    assertThat(run.deadline().left()).isGreaterThan(Duration.ofMillis(250)); // the reserve
  }

  @Test
  void partialResultsComeBeforeItPasses() throws Exception {
    var deadline = Deadline.in(Duration.ofMillis(600));

    var summary =
        FanOut.<Integer, Integer>of((item, call) ->
                item == 0
                    ? CompletableFuture.completedFuture(item)
                    : call.own(new CompletableFuture<>()))
            .concurrency(2)
            .deadline(deadline)
            .forEach(List.of(0, 1, 2), outcomes::add);

    assertThat(deadline.hasPassed()).isFalse();
    assertThat(summary.succeeded()).isEqualTo(1);
    assertThat(outcomes).hasSize(3);
  }

  @Test
  void aCallOfARunWithNeitherHasAllTime() throws Exception {
    var deadlines = new ArrayList<Deadline>();

    FanOut.<Integer, Integer>of(
            (item, call) -> {
              deadlines.add(call.deadline());
              return CompletableFuture.completedFuture(item);
            })
        .forEach(List.of(1), outcomes::add);

    assertThat(deadlines).containsExactly(Deadline.NEVER);
  }
}
