package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Completion;
import dev.sluice.async.FanOut;
import dev.sluice.async.Lanes;
import dev.sluice.async.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// 6. Memory is bounded by concurrency, look-ahead and window, never by the inputs.
class ConstantMemoryTest {
  @Test
  @Tag(ChildJvm.TAG)
  void tenMillionInputsInASmallHeap() throws Exception {
    assertThat(ChildJvm.run("-Xmx32m", TenMillion.class)).isEqualTo("10000000");
  }

  static final class TenMillion {
    public static void main(String[] args) throws Exception {
      try (var other = Executors.newSingleThreadExecutor()) {
        // Each thousandth is ended by another thread; all have a timeout.
        var summary =
            FanOut.<Integer, Integer>of((item, _) ->
                    item % 1_000 == 0
                        ? CompletableFuture.supplyAsync(() -> item, other)
                        : CompletableFuture.completedFuture(item))
                .concurrency(100)
                .timeout(Duration.ofSeconds(60))
                .ordered(1_000)
                .forEach(IntStream.range(0, 10_000_000).iterator(), _ -> {});
        System.out.println(summary.succeeded());
      }
    }
  }

  @Test
  void nothingIsPulledBeforeAPermitIsFree() throws Exception {
    var pulled = new ArrayList<Integer>();
    var first = new CompletableFuture<Integer>();

    var started =
        FanOut.<Integer, Integer>of(
                (item, _) -> item == 0 ? first : CompletableFuture.completedFuture(item))
            .startForEach(watched(pulled), _ -> {});
    while (pulledOf(pulled) == 0) {
      Thread.onSpinWait();
    }

    assertThat(pulledOf(pulled)).isEqualTo(1);
    first.complete(0);
    assertThat(started.join().pulled()).isEqualTo(20);
  }

  @Test
  void noMoreThanTheLookAheadWaitsBehindAKey() throws Exception {
    var pulled = new ArrayList<Integer>();
    var fanOut =
        FanOut.<Integer, Integer>ofSource(_ -> new CompletableFuture<>())
            .concurrency(4)
            .timeout(Duration.ofMillis(50))
            .completion(Completion.allSuccessful())
            .lanes(Lanes.byKey(_ -> "one"), 5);

    fanOut.forEach(watched(pulled), _ -> {});

    assertThat(pulled).hasSize(6); // one runs, five wait
  }

  @Test
  void noMoreThanTheWindowWaitsBehindTheOldest() throws Exception {
    var pulled = new ArrayList<Integer>();
    FanOut.<Integer, Integer>of((item, call) ->
            item == 0
                ? call.own(new CompletableFuture<>())
                : CompletableFuture.completedFuture(item))
        .concurrency(4)
        .timeout(Duration.ofMillis(50))
        .completion(Completion.allSuccessful())
        .ordered(7)
        .forEach(watched(pulled), _ -> {});

    assertThat(pulled).hasSize(7);
  }

  @Test
  void whoReadsSlowlyHoldsBackTheSource() {
    var pulled = new ArrayList<Integer>();
    var fanOut =
        FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
            .concurrency(3);

    try (var outcomes = fanOut.open(watched(pulled))) {
      assertThat(pulled).isEmpty();
      assertThat(outcomes.next()).isEqualTo(new Outcome.Success<>(0, 0));
      assertThat(pulled).hasSize(1);
      assertThat(outcomes.next()).isEqualTo(new Outcome.Success<>(1, 1));
      assertThat(pulled).hasSize(2);
    }
  }

  private static synchronized int pulledOf(List<Integer> pulled) {
    synchronized (pulled) {
      return pulled.size();
    }
  }

  private static Iterable<Integer> watched(List<Integer> pulled) {
    return () ->
        IntStream.range(0, 20)
            .peek(item -> {
              synchronized (pulled) {
                pulled.add(item);
              }
            })
            .iterator();
  }
}
