package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.async.Completion;
import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Offload;
import dev.sluice.async.Outcome;
import dev.sluice.async.Outcome.Stop;
import dev.sluice.async.Retry;
import dev.sluice.async.Simulation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// 1. Every input that was pulled gets exactly one outcome.
class ExactlyOneOutcomeTest {
  private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();

  @Test
  void whateverHappensToIt() throws Exception {
    var random = new Random(11);
    var summary =
        FanOut.<Integer, Integer>of((item, _) ->
                switch (random.nextInt(5)) {
                  case 0 -> throw new IllegalStateException("no " + item);
                  case 1 -> CompletableFuture.failedFuture(new IllegalStateException());
                  case 2 -> CompletableFuture.completedFuture(item);
                  default -> Offload.cpu().submit(() -> item);
                })
            .concurrency(8)
            .forEach(ints(2_000), outcomes::add);

    assertThat(outcomes.stream().map(Outcome::item)).hasSize(2_000).doesNotHaveDuplicates();
    assertThat(summary.pulled()).isEqualTo(2_000);
    assertThat(summary.succeeded() + summary.failed()).isEqualTo(2_000);
  }

  @Test
  void afterTheStopNothingIsPulledFromAnIterator() throws Exception {
    var inputs = ints(10_000_000).iterator();

    var summary = failing(4).completion(Completion.allSuccessful()).forEach(inputs, outcomes::add);

    assertThat(summary.pulled()).isEqualTo(5);
    assertThat(inputs.next()).isEqualTo(5);
    assertThat(outcomes).hasSize(5);
  }

  @Test
  void theRestOfACollectionWasNotStarted() throws Exception {
    var summary =
        failing(4)
            .completion(Completion.allSuccessful())
            .forEach(IntStream.range(0, 10).boxed().toList(), outcomes::add);

    assertThat(summary.pulled()).isEqualTo(10);
    assertThat(outcomes.subList(5, 10))
        .containsExactly(unstarted(5), unstarted(6), unstarted(7), unstarted(8), unstarted(9));
  }

  @Test
  void alsoWhenTheIteratorBreaks() {
    var sound = ints(3).iterator();
    Iterator<Integer> breaks =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public Integer next() {
            return sound.next();
          }
        };

    var thrown =
        catchThrowable(() ->
            FanOut.<Integer, Integer>ofSource(_ -> new CompletableFuture<>())
                .concurrency(5)
                .forEach(breaks, outcomes::add));

    assertThat(thrown).isInstanceOf(NoSuchElementException.class);
    assertThat(outcomes)
        .containsExactlyInAnyOrder(
            new Outcome.Cancelled<>(0, Stop.BROKEN),
            new Outcome.Cancelled<>(1, Stop.BROKEN),
            new Outcome.Cancelled<>(2, Stop.BROKEN));
  }

  /// Where every permit is overdue the run looks whether there is more.
  @Test
  void alsoWhenTheIteratorBreaksWhileAllIsOverdue() {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofMinutes(1));
    Iterator<Integer> breaks =
        new Iterator<>() {
          private int given;

          @Override
          public boolean hasNext() {
            if (given == 1) {
              throw new IllegalStateException("nobody knows");
            }
            return true;
          }

          @Override
          public Integer next() {
            return given++;
          }
        };

    var started =
        FanOut.<Integer, Integer>of((_, _) -> new CompletableFuture<>())
            .timeout(Duration.ofSeconds(5))
            .on(run)
            .startForEach(() -> breaks, outcomes::add);

    assertThatThrownBy(() -> simulation.await(started)).hasMessage("nobody knows");
    assertThat(outcomes).containsExactly(new Outcome.TimedOut<>(0, Duration.ofSeconds(5)));
  }

  @Test
  void aFailureIsWhatTheWorkThrew() throws Exception {
    var gone = new IOException("gone", new IllegalStateException("below"));
    var bare = new CompletionException("bare", null);
    var failures = List.of(gone, bare);

    FanOut.<Integer, Integer>of((item, _) ->
            CompletableFuture.<Integer>failedFuture(failures.get(item % 2))
                .thenApply(value -> value))
        .forEach(List.of(0, 1), outcomes::add);
    FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.failedFuture(failures.get(item % 2)))
        .forEach(List.of(2, 3), outcomes::add);

    assertThat(outcomes)
        .containsExactly(
            new Outcome.Failure<>(0, gone),
            new Outcome.Failure<>(1, bare),
            new Outcome.Failure<>(2, gone),
            new Outcome.Failure<>(3, bare));
  }

  @Test
  void aNullResultIsAResult() throws Exception {
    var values =
        FanOut.<Integer, Object>of((_, _) -> CompletableFuture.completedStage(null))
            .collect(List.of(1, 2), Collectors.toList());

    assertThat(values).allMatch(Outcome.Success.class::isInstance);
  }

  @Test
  void theLastFaultOfWhatWasTriedAgain() throws Exception {
    FanOut.<Integer, Integer>of(
            (item, _) -> CompletableFuture.failedFuture(new Exception("" + item)))
        .retry(Retry.attempts(3).backoff(Duration.ZERO, Duration.ZERO))
        .deadline(Deadline.in(Duration.ofSeconds(20)))
        .forEach(List.of(7), outcomes::add);

    assertThat(outcomes).hasSize(1).first().isInstanceOf(Outcome.Failure.class);
  }

  private static FanOut<Integer, Integer> failing(int item) {
    return FanOut.of((each, _) ->
        each == item
            ? CompletableFuture.failedFuture(new IllegalStateException())
            : CompletableFuture.completedFuture(each));
  }

  private static Outcome<Integer, Integer> unstarted(int item) {
    return new Outcome.NotStarted<>(item, Stop.POLICY);
  }

  private static Iterable<Integer> ints(int count) {
    return () -> IntStream.range(0, count).iterator();
  }
}
