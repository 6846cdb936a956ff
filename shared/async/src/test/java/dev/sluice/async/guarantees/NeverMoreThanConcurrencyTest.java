package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Offload;
import dev.sluice.async.Outcome;
import dev.sluice.async.Outcome.Stop;
import dev.sluice.async.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// 2. Never more than `concurrency` really running, whatever times out.
class NeverMoreThanConcurrencyTest {
  private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger peak = new AtomicInteger();

  @Test
  void thePermitComesBackWhenTheThreadHasLeft() throws Exception {
    var threads = Offload.blocking(100);

    var summary =
        FanOut.<Integer, Integer>of((item, call) -> threads.submit(() -> stubborn(item)))
            .concurrency(2)
            .timeout(Duration.ofMillis(1))
            .forEach(IntStream.range(0, 40).boxed().toList(), outcomes::add);

    assertThat(peak).hasValueLessThanOrEqualTo(2);
    assertThat(summary.timedOut()).isPositive();
    assertThat(outcomes).hasSize(40);
  }

  @Test
  void aThreadThatIsInterruptedLeavesBeforeItsPermitDoes() throws Exception {
    FanOut.<Integer, Integer>of(
            (item, call) -> call.own(Offload.cpu().submit(() -> stubborn(item))))
        .concurrency(1)
        .timeout(Duration.ofMillis(1))
        .forEach(IntStream.range(0, 20).boxed().toList(), outcomes::add);

    assertThat(peak).hasValue(1);
  }

  @Test
  void ifAllAreOverdueTheRestIsNotStartedAtTheDeadline() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofMillis(300));

    var summary =
        simulation.await(
            FanOut.<Integer, Integer>of((_, _) -> new CompletableFuture<>())
                .concurrency(2)
                .timeout(Duration.ofMillis(5))
                .deadline(run.deadline())
                .on(run)
                .startForEach(List.of(1, 2, 3, 4), outcomes::add));

    assertThat(summary.timedOut()).isEqualTo(2);
    assertThat(summary.overdue()).hasToString("[1, 2]");
    assertThat(outcomes.subList(2, 4))
        .containsExactly(
            new Outcome.NotStarted<>(3, Stop.DEADLINE), new Outcome.NotStarted<>(4, Stop.DEADLINE));
  }

  /// The stage is the witness, and is never cancelled itself.
  @Test
  void aWitnessIsNotCancelled() throws Exception {
    var witness = new CompletableFuture<Integer>();

    FanOut.<Integer, Integer>of((Integer _, Call _) -> witness)
        .timeout(Duration.ofMillis(1))
        .deadline(Deadline.in(Duration.ofMillis(300)))
        .forEach(List.of(1), outcomes::add);

    assertThat(witness).isNotDone();
  }

  private int stubborn(int item) throws InterruptedException {
    peak.accumulateAndGet(running.incrementAndGet(), Math::max);
    try {
      new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
    } catch (InterruptedException ignoredOnce) {
      new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
    } finally {
      running.decrementAndGet();
    }
    return item;
  }
}
