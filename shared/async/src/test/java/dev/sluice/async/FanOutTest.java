package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FanOutTest {
  private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();

  @Test
  void everyInputGetsExactlyOneOutcome() throws Exception {
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
  void neverMoreThanTheLimitReallyRunEvenAfterTimeouts() throws Exception {
    var running = new AtomicInteger();
    var peak = new AtomicInteger();
    var threads = Offload.blocking(100);

    var summary =
        FanOut.<Integer, Integer>of((item, _) ->
                threads.submit(() -> {
                  peak.accumulateAndGet(running.incrementAndGet(), Math::max);
                  new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
                  running.decrementAndGet();
                  return item;
                }))
            .concurrency(2)
            .timeout(Duration.ofMillis(1))
            .forEach(ints(40), outcomes::add);

    assertThat(peak).hasValueLessThanOrEqualTo(2);
    assertThat(summary.timedOut()).isPositive();
    assertThat(outcomes).hasSize(40);
  }

  @Test
  void aTimeoutReachesTheSource() throws Exception {
    var source = new CompletableFuture<Integer>();

    FanOut.<Integer, Integer>ofSource(_ -> source)
        .timeout(Duration.ofMillis(5))
        .forEach(ints(1), outcomes::add);

    assertThat(source).isCancelled();
    assertThat(outcomes.getFirst()).isInstanceOf(Outcome.TimedOut.class);
  }

  @Test
  void aMillionCompletedOperationsNeitherOverflowNorStall() throws Exception {
    var summary =
        FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
            .concurrency(100)
            .forEach(ints(1_000_000), _ -> {});

    assertThat(summary.succeeded()).isEqualTo(1_000_000);
  }

  @Test
  void aDeadlineAlreadyPassedBeginsNothing() throws Exception {
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
  void theDeadlineCancelsWhatRunsAndWhatWaitsIsNotStarted() throws Exception {
    var sources = new ArrayList<CompletableFuture<Integer>>();

    var summary =
        FanOut.<Integer, Integer>ofSource(
                _ -> {
                  sources.add(new CompletableFuture<>());
                  return sources.getLast();
                })
            .concurrency(3)
            .deadline(Deadline.in(Duration.ofMillis(300)), Duration.ofMillis(250))
            .forEach(IntStream.range(0, 10).boxed().toList(), outcomes::add);

    assertThat(sources).hasSize(3).allMatch(CompletableFuture::isCancelled);
    assertThat(summary.cancelled()).isEqualTo(3);
    assertThat(summary.notStarted()).isEqualTo(7);
  }

  @Test
  void whatRunsOnIsReportedAsOverdue() throws Exception {
    var summary =
        FanOut.<Integer, Integer>of((_, _) -> new CompletableFuture<>())
            .timeout(Duration.ofMillis(5))
            .deadline(Deadline.in(Duration.ofMillis(400)))
            .forEach(ints(1), outcomes::add);

    assertThat(summary.overdue()).isEqualTo(List.of(0));
    assertThat(summary.timedOut()).isEqualTo(1);
  }

  @Test
  void aSinkThatThrowsEndsTheRunAndComesOut() {
    var source = new CompletableFuture<Integer>();
    var fanOut =
        FanOut.<Integer, Integer>of((item, call) ->
                item == 0 ? call.own(source) : CompletableFuture.completedFuture(item))
            .concurrency(2)
            .deadline(Deadline.in(Duration.ofSeconds(20)));

    assertThatThrownBy(() ->
            fanOut.forEach(
                ints(1_000_000),
                _ -> {
                  throw new IllegalStateException("disk full");
                }))
        .hasMessage("disk full");
    assertThat(source).isCancelled();
  }

  @Test
  void cancellingTheRunEndsEveryItem() throws Exception {
    var summary =
        Island.run(
            Deadline.in(Duration.ofSeconds(20)),
            Duration.ZERO,
            run -> {
              var ended =
                  FanOut.<Integer, Integer>ofSource(_ -> new CompletableFuture<>())
                      .concurrency(2)
                      .on(run)
                      .startForEach(List.of(1, 2, 3), outcomes::add);
              run.executor().execute(() -> ended.cancel(true));
              return ended;
            });

    assertThat(summary.cancelled()).isEqualTo(2);
    assertThat(summary.notStarted()).isEqualTo(1);
  }

  @Test
  void misuseIsASentence() {
    var fanOut = FanOut.<Integer, Integer>ofSource(_ -> new CompletableFuture<>());

    assertThatThrownBy(() -> fanOut.concurrency(0))
        .hasMessage("concurrency must be at least 1, got 0");
    assertThatThrownBy(() -> fanOut.timeout(Duration.ZERO))
        .hasMessage("timeout must be positive and at most PT876000H, got PT0S");
    assertThatThrownBy(() -> fanOut.deadline(Deadline.NEVER, Duration.ofMillis(-1)))
        .hasMessage("reserve must not be negative, got PT-0.001S");
    assertThatThrownBy(() -> Offload.blocking(0))
        .hasMessage("concurrency must be at least 1, got 0");
  }

  private static Iterable<Integer> ints(int count) {
    return () -> IntStream.range(0, count).iterator();
  }
}
