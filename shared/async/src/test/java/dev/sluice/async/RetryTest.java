package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryTest {
  private static final Retry AT_ONCE = Retry.attempts(3).backoff(Duration.ZERO, Duration.ZERO);

  private final List<Integer> starts = new ArrayList<>();
  private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
  private final Simulation simulation = new Simulation(5);
  private final Run run = simulation.run(Duration.ofHours(1));

  private FanOut<Integer, Integer> failing(Throwable failure) {
    return FanOut.<Integer, Integer>of(
            (item, _) -> {
              starts.add(item);
              return CompletableFuture.failedFuture(failure);
            })
        .on(run);
  }

  @Test
  void aFailureIsTriedAgainAndTheLastOneStands() throws Exception {
    var summary =
        simulation.await(
            failing(new IOException("gone"))
                .retry(AT_ONCE)
                .startForEach(List.of(1), outcomes::add));

    assertThat(starts).containsExactly(1, 1, 1);
    assertThat(summary.retried()).isEqualTo(2);
    assertThat(summary.failed()).isEqualTo(1);
  }

  @Test
  void oneAttemptIsNoneAgain() throws Exception {
    simulation.await(
        failing(new IOException("gone"))
            .retry(Retry.attempts(1))
            .startForEach(List.of(1), outcomes::add));

    assertThat(starts).containsExactly(1);
  }

  @Test
  void aSuccessEndsIt() throws Exception {
    simulation.await(
        FanOut.<Integer, Integer>of(
                (item, _) -> {
                  starts.add(item);
                  return starts.size() < 2
                      ? CompletableFuture.failedFuture(new IOException())
                      : CompletableFuture.completedFuture(item);
                })
            .retry(AT_ONCE)
            .on(run)
            .startForEach(List.of(1), outcomes::add));

    assertThat(outcomes).containsExactly(new Outcome.Success<>(1, 1));
    assertThat(starts).hasSize(2);
  }

  @Test
  void onlyWhatIsTransient() throws Exception {
    simulation.await(
        failing(new IllegalArgumentException())
            .retry(AT_ONCE.when(IOException.class::isInstance))
            .startForEach(List.of(1), outcomes::add));

    assertThat(starts).hasSize(1);
  }

  @Test
  void aTimeoutIsForEachAttempt() throws Exception {
    var asked = new ArrayList<Throwable>();

    simulation.await(
        FanOut.<Integer, Integer>ofSource(
                item -> {
                  starts.add(item);
                  return new CompletableFuture<>();
                })
            .timeout(Duration.ofSeconds(1))
            .retry(
                AT_ONCE.when(failure -> {
                  asked.add(failure);
                  return true;
                }))
            .on(run)
            .startForEach(List.of(1), outcomes::add));

    assertThat(starts).hasSize(3);
    assertThat(asked).hasSize(2).allMatch(TimeoutException.class::isInstance);
    assertThat(outcomes).containsExactly(new Outcome.TimedOut<>(1, Duration.ofSeconds(1)));
    assertThat(run.deadline().left()).isEqualTo(Duration.ofHours(1).minusSeconds(3));
  }

  /// The wait holds no permit: others run meanwhile, although there is one permit only.
  @Test
  void whatWaitsHoldsNoPermit() throws Exception {
    var limiter = Limiter.of(1);

    simulation.await(
        FanOut.<Integer, Integer>of(
                (item, _) -> {
                  starts.add(item);
                  return item == 0
                      ? CompletableFuture.failedFuture(new IOException())
                      : CompletableFuture.completedFuture(item);
                })
            .limit(limiter)
            .retry(Retry.attempts(2).backoff(Duration.ofMinutes(1), Duration.ofMinutes(1)))
            .on(run)
            .startForEach(List.of(0, 1, 2, 3), outcomes::add));

    assertThat(starts).containsExactly(0, 1, 2, 3, 0);
    assertThat(limiter.free()).isEqualTo(1);
  }

  @Test
  void whatWaitsFillsTheLookAhead() throws Exception {
    var pulled = new ArrayList<Integer>();
    var started =
        failing(new IOException())
            .retry(Retry.attempts(2).backoff(Duration.ofMinutes(1), Duration.ofMinutes(1)))
            .startForEach(() -> IntStream.range(0, 100).peek(pulled::add).iterator(), _ -> {});

    simulation.step();

    assertThat(pulled).hasSize(2); // twice the concurrency
    assertThat(simulation.await(started).pulled()).isEqualTo(100);
  }

  @Test
  void waitsDoubleAndAreDrawnFromZero() {
    var retry = Retry.attempts(9).backoff(Duration.ofMillis(100), Duration.ofMillis(350));
    for (var attempt = 1; attempt < 9; attempt++) {
      var most = new long[] {0, 100, 200, 350, 350, 350, 350, 350, 350}[attempt] * 1_000_000;
      var longest = 0L;
      var shortest = Long.MAX_VALUE;
      for (var i = 0; i < 2_000; i++) {
        var wait = retry.waitNanos(attempt, run.random());
        longest = Math.max(longest, wait);
        shortest = Math.min(shortest, wait);
      }

      assertThat(longest).isBetween(most * 9 / 10, most);
      assertThat(shortest).isBetween(0L, most / 10);
    }
  }

  @Test
  void aBudgetKeepsTheLoadDown() throws Exception {
    var summary =
        simulation.await(
            failing(new IOException())
                .retry(AT_ONCE.budget(10, 0.05))
                .startForEach(() -> IntStream.range(0, 1_000).iterator(), outcomes::add));

    assertThat(summary.failed()).isEqualTo(1_000);
    assertThat(summary.retried()).isEqualTo(60);
  }

  @Test
  void aPredicateThatThrowsEndsTheRun() {
    var started =
        failing(new IOException())
            .retry(
                AT_ONCE.when(_ -> {
                  throw new IllegalStateException("no idea");
                }))
            .startForEach(List.of(1, 2), outcomes::add);

    assertThatThrownBy(() -> simulation.await(started)).hasMessage("no idea");
    assertThat(outcomes).hasSize(2);
  }

  @Test
  void whatWasTriedBeforeIsNoNotStarted() throws Exception {
    var started =
        failing(new IOException("gone"))
            .retry(Retry.attempts(2).backoff(Duration.ofMinutes(1), Duration.ofMinutes(1)))
            .startForEach(List.of(1), outcomes::add);
    simulation.step();
    started.cancel(true);

    assertThat(simulation.await(started).failed()).isEqualTo(1);
    assertThat(outcomes).hasSize(1).first().isInstanceOf(Outcome.Failure.class);
  }
}
