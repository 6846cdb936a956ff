package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Call;
import dev.sluice.async.Completion;
import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Join;
import dev.sluice.async.Outcome;
import dev.sluice.async.Simulation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// 3. A timeout, a cancel and a sibling's failure reach the source.
class TimeoutReachesTheSourceTest {
  private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
  private final CompletableFuture<Integer> source = new CompletableFuture<>();

  @Test
  void atTheTimeout() throws Exception {
    FanOut.<Integer, Integer>ofSource(_ -> source)
        .timeout(Duration.ofMillis(5))
        .forEach(List.of(1), outcomes::add);

    assertThat(source).isCancelled();
    assertThat(outcomes).containsExactly(new Outcome.TimedOut<>(1, Duration.ofMillis(5)));
  }

  @Test
  void behindWhatWasChainedOntoIt() throws Exception {
    FanOut.<Integer, Integer>of((_, call) -> call.own(source).thenApply(value -> value + 1))
        .timeout(Duration.ofMillis(5))
        .forEach(List.of(1), outcomes::add);

    assertThat(source).isCancelled();
  }

  @Test
  void whenASiblingFails() {
    var failed =
        FanOut.<Integer, Integer>of((item, call) ->
                item == 1
                    ? call.own(source)
                    : CompletableFuture.failedFuture(new IOException("gone")))
            .concurrency(2);

    assertThatThrownBy(() -> failed.join(List.of(1, 2)))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("gone");
    assertThat(source).isCancelled();
  }

  @Test
  void whenAnotherOperationOfAJoinFails() {
    var join = Join.within(Deadline.in(Duration.ofSeconds(20)));

    assertThatThrownBy(() ->
            join.values(
                call -> call.own(source),
                _ -> CompletableFuture.<String>failedFuture(new IOException("gone")),
                (number, text) -> number + text))
        .hasRootCauseMessage("gone");
    assertThat(source).isCancelled();
  }

  @Test
  void whenThePolicyHasWhatItWants() throws Exception {
    FanOut.<Integer, Integer>of(
            (item, call) -> item == 1 ? call.own(source) : CompletableFuture.completedFuture(item))
        .concurrency(2)
        .completion(Completion.minSuccessful(1))
        .forEach(List.of(1, 2), outcomes::add);

    assertThat(source).isCancelled();
  }

  @Test
  void whenWhatWasStartedIsCancelled() throws Exception {
    var begun = new CountDownLatch(1);
    var started =
        FanOut.<Integer, Integer>ofSource(
                _ -> {
                  begun.countDown();
                  return source;
                })
            .startForEach(List.of(1), outcomes::add);
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

    started.cancel(true);

    assertThat(started.join().cancelled()).isEqualTo(1);
    assertThat(source).isCancelled();
  }

  @Test
  void whenTheOutcomesAreClosed() {
    var fanOut =
        FanOut.<Integer, Integer>of((item, call) ->
                item == 1 ? call.own(source) : CompletableFuture.completedFuture(item))
            .concurrency(2);

    try (var opened = fanOut.open(List.of(1, 2))) {
      assertThat(opened.next().item()).isEqualTo(2);
      assertThat(source).isNotDone();
    }

    assertThat(source).isCancelled();
  }

  @Test
  void aCallThatIsAlreadyLateCancelsAtOnce() throws Exception {
    var call = new AtomicReference<Call>();
    FanOut.<Integer, Integer>of(
            (_, each) -> {
              call.set(each);
              return new CompletableFuture<>();
            })
        .timeout(Duration.ofMillis(1))
        .deadline(Deadline.in(Duration.ofMillis(300)))
        .forEach(List.of(1), outcomes::add);
    var cancelled = new CountDownLatch(1);

    call.get().onCancel(cancelled::countDown);

    assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(call.get().isCancelled()).isTrue();
  }

  @Test
  void notAfterTheWorkHasEnded() throws Exception {
    var call = new AtomicReference<Call>();
    FanOut.<Integer, Integer>of(
            (item, each) -> {
              call.set(each);
              each.own(source);
              return CompletableFuture.supplyAsync(() -> item);
            })
        .timeout(Duration.ofSeconds(20))
        .forEach(List.of(1), outcomes::add);

    assertThat(source).isNotDone();
    assertThat(call.get().isCancelled()).isFalse();
  }

  /// One timer stands for all of a run: it goes on to the next, past what has ended meanwhile.
  @Test
  void eachAtItsOwnTime() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofMinutes(1));
    var cancelled = new TreeMap<Integer, Duration>();

    simulation.await(
        FanOut.<Integer, Integer>of(
                (item, call) -> {
                  var work = new CompletableFuture<Integer>();
                  call.onCancel(() -> {
                    cancelled.put(item, Duration.ofNanos(run.nanoTime()));
                    work.cancel(true);
                  });
                  if (item == 0) {
                    simulation.after(Duration.ofSeconds(1), () -> work.complete(item));
                  }
                  return work;
                })
            .concurrency(3)
            .timeout(Duration.ofSeconds(5))
            .on(run)
            .startForEach(List.of(0, 1, 2, 3), outcomes::add));

    assertThat(cancelled)
        .containsExactly(
            Map.entry(1, Duration.ofSeconds(5)),
            Map.entry(2, Duration.ofSeconds(5)),
            Map.entry(3, Duration.ofSeconds(6))); // 0 had ended after 1 s
  }

  @Test
  void aRunThatHasEndedLeavesNoTimer() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofMinutes(1));
    simulation.after(Duration.ofSeconds(1), () -> source.complete(1));

    simulation.await(
        FanOut.<Integer, Integer>of((_, _) -> source)
            .timeout(Duration.ofSeconds(5))
            .on(run)
            .startForEach(List.of(1), outcomes::add));

    while (simulation.step()) {}
    assertThat(run.nanoTime()).isEqualTo(1_000_000_000);
  }
}
