package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Limiter;
import dev.sluice.async.Outcome;
import dev.sluice.async.Outcome.Stop;
import dev.sluice.async.Run;
import dev.sluice.async.Simulation;
import dev.sluice.async.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// 11. Permits by weight as well as by count; a limiter is shared, and fair between runs.
class PermitsByWeightTest {
  private final Simulation simulation = new Simulation(1);
  private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
  private final Map<String, Integer> served = new HashMap<>();
  private long held;
  private long peak;

  @Test
  void neverMoreWeightThanThereIs() throws Exception {
    var run = simulation.run(Duration.ofHours(1));

    simulation.await(bytes(run, Limiter.of(10), "a", IntStream.range(1, 40)));

    assertThat(peak).isBetween(8L, 10L);
    assertThat(outcomes.stream().filter(Outcome.Success.class::isInstance)).hasSize(36);
  }

  @Test
  void whatIsHeavierThanAllIsNotStartedAtOnce() throws Exception {
    var limiter = Limiter.of(10);

    FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
        .limit(limiter, item -> item)
        .forEach(List.of(11, 10), outcomes::add);

    assertThat(outcomes)
        .containsExactly(
            new Outcome.NotStarted<>(11, Stop.TOO_HEAVY), new Outcome.Success<>(10, 10));
    assertThat(limiter.free()).isEqualTo(10);
  }

  @Test
  void runsThatShareOneAreServedAlike() throws Exception {
    var limiter = Limiter.of(4);
    var first = simulation.run(Duration.ofHours(1));
    var second = simulation.run(Duration.ofHours(1));

    var many = bytes(first, limiter, "many", IntStream.generate(() -> 1).limit(400));
    var heavy = bytes(second, limiter, "heavy", IntStream.generate(() -> 4).limit(50));
    while (served.getOrDefault("heavy", 0) < 100 && served.getOrDefault("many", 0) < 300) {
      assertThat(simulation.step()).isTrue();
    }

    assertThat(served.get("many")).isBetween(90, 110);
    assertThat(served.get("heavy")).isBetween(96, 104);
    assertThat(simulation.await(many).succeeded()).isEqualTo(400);
    assertThat(simulation.await(heavy).succeeded()).isEqualTo(50);
    assertThat(limiter.free()).isEqualTo(4);
  }

  @Test
  void eachRunHasItsOwnDeadline() throws Exception {
    var limiter = Limiter.of(1);
    var patient = simulation.run(Duration.ofHours(1));
    var hurried = simulation.run(Duration.ofSeconds(2));

    var holds =
        FanOut.<Integer, Integer>of(
                (item, _) -> patient.sleep(Duration.ofMinutes(1)).thenApply(_ -> item))
            .limit(limiter)
            .on(patient)
            .startForEach(List.of(1), outcomes::add);
    while (limiter.free() > 0) {
      assertThat(simulation.step()).isTrue();
    }
    var waits =
        FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
            .limit(limiter)
            .deadline(hurried.deadline())
            .on(hurried)
            .startForEach(List.of(2), outcomes::add);

    assertThat(simulation.await(waits).notStarted()).isEqualTo(1);
    assertThat(simulation.await(holds).succeeded()).isEqualTo(1);
    assertThat(outcomes).contains(new Outcome.NotStarted<>(2, Stop.DEADLINE));
  }

  @Test
  void aNegativeWeightIsASentence() {
    var fanOut =
        FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
            .limit(Limiter.of(1), item -> item)
            .deadline(Deadline.in(Duration.ofSeconds(20)));

    assertThatThrownBy(() -> fanOut.forEach(List.of(-2), outcomes::add))
        .hasMessage("a weight must not be negative, got -2 for -2");
    assertThat(outcomes).containsExactly(new Outcome.NotStarted<>(-2, Stop.BROKEN));
  }

  private CompletableFuture<Summary> bytes(Run run, Limiter limiter, String name, IntStream sizes) {
    return FanOut.<Integer, Integer>of(
            (size, _) -> {
              served.merge(name, size, Integer::sum);
              held += size;
              peak = Math.max(peak, held);
              return run.sleep(Duration.ofMillis(10))
                  .thenApply(_ -> {
                    held -= size;
                    return size;
                  });
            })
        .concurrency(8)
        .limit(limiter, size -> size % 11 == 0 ? 11 : size % 11)
        .on(run)
        .startForEach(() -> sizes.map(size -> size % 11).iterator(), outcomes::add);
  }
}
