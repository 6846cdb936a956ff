package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.FanOut;
import dev.sluice.async.Outcome;
import dev.sluice.async.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// 9. Nothing outlives the call unreported.
class NothingOutlivesTheCallUnreportedTest {
  private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
  private final Simulation simulation = new Simulation(1);

  @Test
  void whatStillRunsAfterTheGraceIsReportedByItem() throws Exception {
    var run = simulation.run(Duration.ofSeconds(60));

    var summary =
        simulation.await(
            FanOut.<Integer, Integer>of((_, _) -> new CompletableFuture<>())
                .concurrency(2)
                .timeout(Duration.ofSeconds(5))
                .on(run)
                .startForEach(List.of(7, 8), outcomes::add));

    assertThat(summary.overdue()).hasToString("[7, 8]");
    assertThat(run.deadline().left()).isEqualTo(Duration.ofSeconds(54)); // 5 s, and 1 s of grace
  }

  @Test
  void whatEndsWithinTheGraceIsNot() throws Exception {
    var run = simulation.run(Duration.ofSeconds(60));
    var work = new CompletableFuture<Integer>();
    simulation.after(Duration.ofMillis(5_500), () -> work.complete(1));

    var summary =
        simulation.await(
            FanOut.<Integer, Integer>of((_, _) -> work)
                .timeout(Duration.ofSeconds(5))
                .on(run)
                .startForEach(List.of(7), outcomes::add));

    assertThat(summary.overdue()).isEmpty();
    assertThat(run.deadline().left()).isEqualTo(Duration.ofMillis(54_500));
    assertThat(outcomes).containsExactly(new Outcome.TimedOut<>(7, Duration.ofSeconds(5)));
  }

  @Test
  void theGraceEndsAtTheDeadline() throws Exception {
    var run = simulation.run(Duration.ofSeconds(10));

    simulation.await(
        FanOut.<Integer, Integer>of((_, _) -> new CompletableFuture<>())
            .deadline(run.deadline(), Duration.ofMillis(250))
            .on(run)
            .startForEach(List.of(7), outcomes::add));

    assertThat(run.nanoTime()).isEqualTo(10_000_000_000L);
  }
}
