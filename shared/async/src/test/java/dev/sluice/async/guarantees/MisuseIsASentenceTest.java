package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Channel;
import dev.sluice.async.Completion;
import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Lanes;
import dev.sluice.async.Limiter;
import dev.sluice.async.Offload;
import dev.sluice.async.Outcome;
import dev.sluice.async.Retry;
import dev.sluice.async.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// 12. What cannot be is refused at once, in a sentence; what throws is a failure and no more.
class MisuseIsASentenceTest {
  private static final FanOut<Integer, Integer> FAN_OUT =
      FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item));

  private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();

  static Stream<Arguments> refused() {
    return Stream.of(
        when(() -> FAN_OUT.concurrency(0), "concurrency must be at least 1, got 0"),
        when(() -> FAN_OUT.concurrency(-1), "concurrency must be at least 1, got -1"),
        when(
            () -> FAN_OUT.timeout(Duration.ZERO),
            "timeout must be positive and at most PT876000H, got PT0S"),
        when(
            () -> FAN_OUT.timeout(Duration.ofMillis(-1)),
            "timeout must be positive and at most PT876000H, got PT-0.001S"),
        when(
            () -> FAN_OUT.timeout(ChronoUnit.FOREVER.getDuration()),
            "timeout must be positive and at most PT876000H, got PT2562047788015215H30M7.999999999S"),
        when(
            () -> FAN_OUT.deadline(Deadline.NEVER, Duration.ofMillis(-1)),
            "reserve must not be negative, got PT-0.001S"),
        when(() -> FAN_OUT.ordered(0), "window must be at least 1, got 0"),
        when(() -> FAN_OUT.ordered(1 << 21), "window must be at most 1048576, got 2097152"),
        when(
            () -> FAN_OUT.lanes(Lanes.byKey(item -> item), 0),
            "look-ahead must be at least 1, got 0"),
        when(() -> Lanes.byKey(item -> item, 0), "items of a key must be at least 1, got 0"),
        when(() -> Lanes.weighted(_ -> 0), "there must be at least 1 weight, got 0"),
        when(() -> Lanes.weighted(_ -> 0, 1, 0), "a weight must be at least 1, got 0"),
        when(
            () -> Lanes.priority(_ -> 0, 0, Duration.ofSeconds(1)),
            "levels must be at least 1, got 0"),
        when(() -> Lanes.priority(_ -> 0, 1, Duration.ZERO), "ageing must be positive, got PT0S"),
        when(() -> Limiter.of(0), "permits must be at least 1, got 0"),
        when(() -> Retry.attempts(0), "attempts must be from 1 to 1000, got 0"),
        when(
            () -> Retry.attempts(2).backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)),
            "back-off must rise from 0 or more to at most a day, got PT2S to PT1S"),
        when(
            () -> Retry.attempts(2).budget(-1, 0), "a budget must not be negative, got -1 and 0.0"),
        when(
            () -> Retry.attempts(2).budget(0, Double.NaN),
            "a budget must not be negative, got 0 and NaN"),
        when(() -> Completion.minSuccessful(0), "minSuccessful must be at least 1, got 0"),
        when(
            () -> Completion.toleratedFailureCount(-1),
            "toleratedFailureCount must not be negative, got -1"),
        when(() -> Offload.blocking(0), "concurrency must be at least 1, got 0"),
        when(() -> Channel.bounded(0), "capacity must be at least 1, got 0"));
  }

  private static Arguments when(ThrowingCallable misuse, String sentence) {
    return Arguments.of(sentence, misuse);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refused(String sentence, ThrowingCallable misuse) {
    assertThatThrownBy(misuse).isInstanceOf(IllegalArgumentException.class).hasMessage(sentence);
  }

  @Test
  @SuppressWarnings("NullAway") // what an operation must not do
  void anOperationThatGivesNoStageFails() throws Exception {
    FanOut.<Integer, Integer>of((_, _) -> (CompletionStage<Integer>) null)
        .forEach(List.of(1), outcomes::add);
    FanOut.<Integer, Integer>ofSource(_ -> null).forEach(List.of(2), outcomes::add);

    assertThat(outcomes)
        .extracting(outcome -> ((Outcome.Failure<Integer, Integer>) outcome).cause().getMessage())
        .containsExactly(
            "an operation must return a stage, got null",
            "an operation must return a stage, got null");
  }

  @Test
  void anOperationThatThrowsFails() throws Exception {
    FanOut.<Integer, Integer>of(
            (item, _) -> {
              throw new IOException("no " + item);
            })
        .forEach(List.of(1, 2), outcomes::add);

    assertThat(outcomes).hasSize(2).allMatch(Outcome.Failure.class::isInstance);
  }

  @Test
  void anErrorOfTheVirtualMachineIsThrownOnAfterAllHasEnded() {
    var source = new CompletableFuture<Integer>();
    var fanOut =
        FanOut.<Integer, Integer>of(
                (item, call) -> {
                  if (item == 2) {
                    throw new StackOverflowError("deep");
                  }
                  return call.own(source);
                })
            .concurrency(2);

    assertThatThrownBy(() -> fanOut.forEach(List.of(1, 2, 3), outcomes::add))
        .isInstanceOf(StackOverflowError.class);
    assertThat(source).isCancelled();
    assertThat(outcomes).hasSize(3);
  }

  @Test
  void aSinkThatThrowsEndsTheRunAndComesOutWithTheRestSuppressed() {
    var source = new CompletableFuture<Integer>();
    Iterable<Integer> inputs = () -> Stream.iterate(0, item -> item + 1).iterator();
    var fanOut =
        FanOut.<Integer, Integer>of((item, call) ->
                item == 0 ? call.own(source) : CompletableFuture.completedFuture(item))
            .concurrency(2)
            .lanes(() -> new Forgetful(), 4);

    assertThatThrownBy(() ->
            fanOut.forEach(
                inputs,
                _ -> {
                  throw new IllegalStateException("disk full");
                }))
        .hasMessage("disk full")
        .satisfies(thrown ->
            assertThat(thrown.getSuppressed())
                .extracting(Throwable::getMessage)
                .contains("the lanes kept 3 items when they were drained"));
    assertThat(source).isCancelled();
  }

  /// Lanes that give nothing back.
  private static final class Forgetful implements Lanes<Integer> {
    private final ArrayDeque<Waiting<Integer>> all = new ArrayDeque<>();

    @Override
    public void offer(Waiting<Integer> waiting) {
      all.add(waiting);
    }

    @Override
    public Next<Integer> poll(long nowNanos) {
      return new Next.Start<>(all.remove());
    }

    @Override
    public void ended(Waiting<Integer> waiting) {}

    @Override
    public List<Waiting<Integer>> drain() {
      return List.of();
    }
  }

  @Test
  void aLaneThatIsNotThereIsASentence() {
    assertThatThrownBy(
            () -> FAN_OUT.lanes(Lanes.weighted(_ -> 2, 1, 1)).forEach(List.of(5), outcomes::add))
        .hasMessage("lane must be from 0 to 1, got 2");
    assertThat(outcomes).containsExactly(new Outcome.NotStarted<>(5, Outcome.Stop.BROKEN));
  }

  @Test
  void aLevelThatIsNotThereIsASentence() {
    var two = FAN_OUT.lanes(Lanes.priority(_ -> 2, 2, Duration.ofSeconds(1)));

    assertThatThrownBy(() -> two.forEach(List.of(5), outcomes::add))
        .hasMessage("level must be from 0 to 1, got 2");
  }

  @Test
  void theLastThatCanBeIsTaken() throws Exception {
    FAN_OUT
        .timeout(Duration.ofDays(36_500))
        .ordered(1 << 20)
        .deadline(Deadline.NEVER, Duration.ZERO)
        .retry(Retry.attempts(1_000).backoff(Duration.ofDays(1), Duration.ofDays(1)).budget(0, 0))
        .completion(Completion.toleratedFailureCount(0))
        .forEach(List.of(1), outcomes::add);

    assertThat(outcomes).containsExactly(new Outcome.Success<>(1, 1));
  }

  @Test
  void outcomesThatAreClosedAreNotRead() {
    var opened = FAN_OUT.open(List.of(1));
    opened.close();

    assertThatThrownBy(opened::hasNext).hasMessage("the outcomes are closed");
    assertThatThrownBy(opened::next).hasMessage("the outcomes are closed");
  }

  @Test
  void aRunThatHasEndedHasNoNext() {
    try (var opened = FAN_OUT.open(List.of())) {
      assertThatThrownBy(opened::next).hasMessage("the run has ended");
    }
  }
}
