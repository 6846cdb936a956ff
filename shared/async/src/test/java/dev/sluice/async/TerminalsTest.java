package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the ends of a fan-out give: collect, join, open, and what starts.
class TerminalsTest {
  private static final List<Integer> TEN = IntStream.range(0, 10).boxed().toList();

  /// Later items end first.
  private static FanOut<Integer, String> reversed(Run run) {
    return FanOut.<Integer, String>of(
            (item, _) -> run.sleep(Duration.ofMillis(100 - item)).thenApply(_ -> "v" + item))
        .concurrency(10)
        .on(run);
  }

  private final Simulation simulation = new Simulation(1);
  private final Run run = simulation.run(Duration.ofHours(1));

  @Test
  void outcomesComeInTheOrderInWhichTheyEnd() throws Exception {
    var items =
        simulation.await(
            reversed(run)
                .startCollect(TEN, Collectors.mapping(Outcome::item, Collectors.toList())));

    assertThat(items).containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  }

  @Test
  void orderedTheyComeInTheOrderOfTheInputs() throws Exception {
    var items =
        simulation.await(
            reversed(run)
                .ordered(10)
                .startCollect(TEN, Collectors.mapping(Outcome::item, Collectors.toList())));

    assertThat(items).isEqualTo(TEN);
  }

  @Test
  void aJoinGivesValuesInTheOrderOfTheInputs() throws Exception {
    assertThat(simulation.await(reversed(run).startJoin(TEN)))
        .isEqualTo(TEN.stream().map(item -> "v" + item).toList());
  }

  @Test
  void aJoinKeepsNulls() throws Exception {
    FanOut<Integer, @Nullable Integer> oneIsNull = FanOut.of(TerminalsTest::oneIsNull);

    assertThat(oneIsNull.concurrency(2).join(List.of(0, 1, 2)))
        .isEqualTo(Arrays.asList(0, null, 2));
  }

  private static CompletionStage<@Nullable Integer> oneIsNull(Integer item, Call call) {
    return CompletableFuture.completedStage(item == 1 ? null : item);
  }

  @Test
  void collectBlocksAndGivesWhatTheCollectorMakes() throws Exception {
    var sum =
        FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
            .collect(
                TEN,
                Collectors.summingInt(
                    outcome -> ((Outcome.Success<Integer, Integer>) outcome).value()));

    assertThat(sum).isEqualTo(45);
  }

  @Test
  void aJoinThrowsTheFirstFailureWithTheLaterOnesSuppressed() {
    var both = new CountDownLatch(2);
    var fanOut =
        FanOut.<Integer, Integer>of(
                (item, _) -> {
                  if (item == 0) {
                    return CompletableFuture.completedFuture(item);
                  }
                  both.countDown();
                  return Offload.cpu()
                      .submit(() -> {
                        assertThat(both.await(20, TimeUnit.SECONDS)).isTrue();
                        throw new IOException("no " + item);
                      });
                })
            .concurrency(3);

    assertThatThrownBy(() -> fanOut.join(List.of(0, 1, 2)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(IOException.class);
  }

  @Test
  void aJoinSaysWhichTimedOut() {
    var fanOut =
        FanOut.<String, Integer>ofSource(_ -> new CompletableFuture<>())
            .timeout(Duration.ofMillis(5));

    assertThatThrownBy(() -> fanOut.join(List.of("a")))
        .cause()
        .isInstanceOf(TimeoutException.class)
        .hasMessage("a did not end within PT0.005S");
  }

  @Test
  void aJoinSaysWhatWasTooHeavy() {
    var fanOut =
        FanOut.<String, Integer>ofSource(_ -> new CompletableFuture<>())
            .limit(Limiter.of(1), String::length);

    assertThatThrownBy(() -> fanOut.join(List.of("ab")))
        .cause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ab weighs more than the limiter has");
  }

  @Test
  void aJoinSuppressesTheLaterFailureOnTheFirst() {
    var first = new IOException("first");
    var later = new IOException("later");

    assertThatThrownBy(() -> simulation.await(joinOfTwo(first, later)))
        .isSameAs(first)
        .hasSuppressedException(later);
    assertThatThrownBy(() -> simulation.await(joinOfTwo(later, later)))
        .isSameAs(later)
        .hasNoSuppressedExceptions();
  }

  /// Both fail before their driver looks.
  private CompletableFuture<List<Integer>> joinOfTwo(Exception one, Exception other) {
    var work = List.of(new CompletableFuture<Integer>(), new CompletableFuture<Integer>());
    var started =
        FanOut.<Integer, Integer>of((item, _) -> work.get(item))
            .concurrency(2)
            .on(run)
            .startJoin(List.of(0, 1));
    while (simulation.step()) {}
    work.get(0).completeExceptionally(one);
    work.get(1).completeExceptionally(other);
    return started;
  }

  @Test
  void aJoinSaysThatTheDeadlineCame() {
    var fanOut =
        FanOut.<String, Integer>ofSource(_ -> new CompletableFuture<>())
            .deadline(Deadline.in(Duration.ofMillis(260)));

    assertThatThrownBy(() -> fanOut.join(List.of("a", "b")))
        .cause()
        .isInstanceOf(TimeoutException.class)
        .hasMessage("a did not end before the deadline");
  }

  @Test
  void aStartedJoinThatIsCancelledSaysSo() {
    var source = new CompletableFuture<Integer>();
    var started = FanOut.<String, Integer>ofSource(_ -> source).on(run).startJoin(List.of("a"));
    while (simulation.step()) {}

    assertThat(started).isNotDone();
    assertThat(started.cancel(true)).isFalse();
    while (simulation.step()) {}

    assertThat(source).isCancelled();
    assertThat(started).isCancelled();
  }

  @Test
  void aStartedJoinFailsWithTheFirstFailure() {
    var started =
        FanOut.<Integer, Integer>of((_, _) -> CompletableFuture.failedFuture(new IOException("x")))
            .startJoin(List.of(1));

    assertThatThrownBy(started::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void whatWasStartedAndCancelledEndsWithItsSummary() {
    var outcomes = new ArrayList<Outcome<Integer, Integer>>();
    var started =
        FanOut.<Integer, Integer>ofSource(_ -> new CompletableFuture<>())
            .concurrency(2)
            .on(run)
            .startForEach(List.of(1, 2, 3), outcomes::add);
    while (simulation.step()) {}

    assertThat(started.cancel(true)).isFalse();
    while (simulation.step()) {}

    assertThat(started.join().cancelled()).isEqualTo(2);
    assertThat(outcomes).contains(new Outcome.NotStarted<>(3, Outcome.Stop.CANCELLED));
  }

  @Test
  void aSinkThatThrowsFailsWhatWasStarted() {
    var started =
        FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
            .startForEach(
                TEN,
                _ -> {
                  throw new IllegalStateException("disk full");
                });

    assertThatThrownBy(started::join).hasRootCauseMessage("disk full");
  }

  @Test
  void aReaderReadsAllAndThenWhatBroke() {
    Iterable<Integer> inputs =
        () ->
            IntStream.range(0, 10)
                .peek(item -> {
                  if (item == 3) {
                    throw new IllegalStateException("no more");
                  }
                })
                .iterator();
    var read = new ArrayList<Integer>();
    try (var outcomes =
        FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
            .open(inputs)) {
      assertThatThrownBy(() -> outcomes.forEachRemaining(each -> read.add(each.item())))
          .hasMessage("no more");
    }

    assertThat(read).containsExactly(0, 1, 2);
  }

  @Test
  void whatIsClosedEarlyIsCancelledAndWaitedFor() {
    var source = new CompletableFuture<Integer>();
    var fanOut =
        FanOut.<Integer, Integer>of(
                (item, call) -> item == 0 ? call.own(source) : Offload.cpu().submit(() -> item))
            .concurrency(2);

    var outcomes = fanOut.open(TEN);
    assertThat(outcomes.next().item()).isNotZero();
    outcomes.close();
    outcomes.close();

    assertThat(source).isCancelled();
    assertThat(outcomes.summary().pulled()).isEqualTo(10);
  }

  @Test
  void whatIsClosedBeforeItWasReadIsCancelledAsWell() {
    var source = new CompletableFuture<Integer>();
    var fanOut =
        FanOut.<Integer, Integer>of((item, call) ->
                item == 0 ? call.own(source) : CompletableFuture.completedFuture(item))
            .concurrency(2);

    try (var outcomes = fanOut.open(TEN)) {
      assertThat(outcomes.hasNext()).isTrue();
    }

    assertThat(source).isCancelled();
  }

  @Test
  void onCpuComputesOnOtherThreads() throws Exception {
    var caller = Thread.currentThread().getName();

    var names =
        FanOut.<Integer, String>onCpu(_ -> Thread.currentThread().getName())
            .concurrency(4)
            .join(TEN);

    assertThat(names)
        .hasSize(10)
        .doesNotContain(caller)
        .allMatch(name -> name.startsWith("sluice-cpu-"));
  }

  @Test
  void aStageNeedNotBeACompletableFuture() throws Exception {
    var done = CompletableFuture.completedFuture(7);

    var outcomes =
        FanOut.<Integer, Integer>of((_, _) -> disguised(done))
            .collect(List.of(1), Collectors.toList());

    assertThat(outcomes).containsExactly(new Outcome.Success<>(1, 7));
  }

  @SuppressWarnings("unchecked") // it has no other interface
  private static CompletionStage<Integer> disguised(CompletableFuture<Integer> stage) {
    return (CompletionStage<Integer>)
        Proxy.newProxyInstance(
            TerminalsTest.class.getClassLoader(),
            new Class<?>[] {CompletionStage.class},
            (_, method, arguments) -> method.invoke(stage, arguments));
  }

  @Test
  void aCancelledStageIsAFailureOfItsItem() throws Exception {
    var outcomes =
        FanOut.<Integer, Integer>of(
                (_, _) -> {
                  var cancelled = new CompletableFuture<Integer>();
                  cancelled.cancel(true);
                  return cancelled;
                })
            .collect(List.of(1), Collectors.toList());

    assertThat(((Outcome.Failure<Integer, Integer>) outcomes.getFirst()).cause())
        .isInstanceOf(CancellationException.class);
  }
}
