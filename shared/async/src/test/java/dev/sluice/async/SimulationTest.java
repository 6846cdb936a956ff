package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final Duration MILLI = Duration.ofMillis(1);

  @Test
  void anHourPassesAtOnce() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofHours(2));
    var begun = run.now();

    simulation.await(run.sleep(Duration.ofHours(1)));

    assertThat(run.now()).isEqualTo(begun.plusSeconds(3600));
    assertThat(run.deadline().left()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void aSeedIsAHistory() throws Exception {
    assertThat(history(7)).isEqualTo(history(7));
  }

  @Test
  void seedsDifferInWhichOfTwoThatRunSideBySideIsFirst() throws Exception {
    Set<List<Integer>> histories = new HashSet<>();
    for (var seed = 0; seed < 100; seed++) {
      histories.add(history(seed));
    }

    // Three offloaded tasks have six orders.
    assertThat(histories).hasSize(6);
  }

  private static List<Integer> history(long seed) throws Exception {
    var simulation = new Simulation(seed);
    var run = simulation.run(Duration.ofSeconds(1));
    var order = new ArrayList<Integer>();
    var tasks = IntStream.range(0, 3).mapToObj(i -> run.cpu().submit(() -> order.add(i))).toList();
    for (var task : tasks) {
      simulation.await(task);
    }
    return order;
  }

  @Test
  void theTasksOfOneExecutorKeepTheirOrder() throws Exception {
    for (var seed = 0; seed < 50; seed++) {
      var simulation = new Simulation(seed);
      var run = simulation.run(Duration.ofSeconds(1));
      var order = new ArrayList<Integer>();
      for (var i = 0; i < 3; i++) {
        var task = i;
        run.executor().execute(() -> order.add(task));
      }
      simulation.await(run.sleep(Duration.ZERO));
      assertThat(order).containsExactly(0, 1, 2);
    }
  }

  @Test
  void anExecutorAndAnOffloadMayEachBeFirst() throws Exception {
    Set<List<String>> histories = new HashSet<>();
    for (var seed = 0; seed < 50; seed++) {
      var simulation = new Simulation(seed);
      var run = simulation.run(Duration.ofSeconds(1));
      var order = new ArrayList<String>();
      run.executor().execute(() -> order.add("executor"));
      var offloaded = run.cpu().submit(() -> order.add("offload"));
      simulation.await(offloaded);
      simulation.await(run.sleep(Duration.ZERO));
      histories.add(order);
    }

    assertThat(histories)
        .containsExactlyInAnyOrder(List.of("executor", "offload"), List.of("offload", "executor"));
  }

  @Test
  void whatHappensAtOneInstantKeepsItsOrder() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofSeconds(1));
    var order = new ArrayList<Integer>();
    IntStream.range(0, 3).forEach(i -> simulation.after(Duration.ofMillis(1), () -> order.add(i)));
    simulation.await(run.sleep(Duration.ofMillis(1)));

    assertThat(order).containsExactly(0, 1, 2);
  }

  @Test
  void aStageThatNeverEndsIsGivenUpAndNamesItsSeed() {
    var simulation = new Simulation(42, 3);
    for (var i = 0; i < 3; i++) {
      simulation.after(Duration.ZERO, () -> {});
      assertThat(simulation.step()).isTrue();
    }

    assertThatThrownBy(simulation::step).hasMessage("not ended after 3 steps, seed 42");
  }

  @Test
  void aStageThatWaitsForNothingIsStuckAndNamesItsSeed() {
    var simulation = new Simulation(42);

    assertThatThrownBy(() -> simulation.await(new CompletableFuture<String>()))
        .hasMessage("stuck: nothing is left to happen and the stage has not ended, seed 42");
  }

  @Test
  void aFailureComesOutAsItIs() {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofSeconds(1));

    assertThatThrownBy(() ->
            simulation.await(
                run.blocking()
                    .submit(() -> {
                      throw new IOException("gone");
                    })))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
  }

  @Test
  void aCancelledSleepMovesNoClock() throws Exception {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofSeconds(1));

    run.sleep(Duration.ofSeconds(9)).cancel(true);
    simulation.await(run.sleep(Duration.ofMillis(1)));

    assertThat(simulation.step()).isFalse();
    assertThat(simulation.nanoTime()).isEqualTo(1_000_000);
  }

  /// Whatever the order of completions, timeouts and cancels: one outcome an input, the limit kept,
  /// no permit lost.
  @Test
  @Tag("proofs")
  void aFanOutKeepsItsPromisesInEveryHistory() throws Exception {
    for (var seed = 0; seed < Proofs.count(5_000, 1_000); seed++) {
      new FanOutHistory(seed).check();
    }
  }

  private static final class FanOutHistory {
    private static final int LIMIT = 3;
    private static final int ITEMS = 12;

    private final long seed;
    private final Simulation simulation;
    private final Run run;
    private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
    private int running;
    private int peak;

    FanOutHistory(long seed) {
      this.seed = seed;
      this.simulation = new Simulation(seed);
      this.run = simulation.run(Duration.ofSeconds(1));
    }

    /// Ends by itself, at its timeout, late, or at once.
    private CompletableFuture<Integer> start(int item, Call call) {
      if (run.random().nextInt(4) == 0) {
        return CompletableFuture.completedFuture(item);
      }
      peak = Math.max(peak, ++running);
      var ended = new CompletableFuture<Integer>();
      simulation.after(
          Duration.ofMillis(run.random().nextInt(300)),
          () -> {
            if (ended.complete(item)) {
              running--;
            }
          });
      if (run.random().nextBoolean()) {
        call.onCancel(() -> {
          if (ended.completeExceptionally(new IOException("cancelled"))) {
            running--;
          }
        });
      }
      return ended;
    }

    void check() throws Exception {
      var ended =
          FanOut.<Integer, Integer>of(this::start)
              .concurrency(LIMIT)
              .timeout(Duration.ofMillis(150))
              .deadline(run.deadline(), Duration.ofMillis(250))
              .on(run)
              .startForEach(IntStream.range(0, ITEMS).boxed().toList(), outcomes::add);
      if (seed % 5 == 0) {
        simulation.after(Duration.ofMillis(seed % 400), () -> ended.cancel(true));
      }
      var summary = simulation.await(ended);

      assertThat(outcomes.stream().map(Outcome::item).sorted())
          .as("seed %d", seed)
          .containsExactlyElementsOf(IntStream.range(0, ITEMS).boxed().toList());
      assertThat(peak).as("seed %d", seed).isLessThanOrEqualTo(LIMIT);
      assertThat(summary.overdue()).as("seed %d", seed).hasSize(running);
      assertThat(run.deadline().hasPassed()).as("seed %d", seed).isFalse();
    }
  }

  /// Fan-outs on one limiter whose islands end in the middle: sources are cancelled, what is
  /// chained happens, and every permit is there for the next.
  @Test
  @Tag("proofs")
  void aRunWhoseIslandEndsIsWoundUpInEveryHistory() throws Exception {
    for (var seed = 0; seed < Proofs.count(5_000, 1_000); seed++) {
      var simulation = new Simulation(seed);
      var limiter = Limiter.of(2);
      var left = simulation.run(Duration.ofSeconds(1));
      var sources = new ArrayList<CompletableFuture<Integer>>();
      var started =
          FanOut.<Integer, Integer>of(
                  (_, call) -> {
                    sources.add(new CompletableFuture<>());
                    return call.own(sources.getLast());
                  })
              .concurrency(3)
              .limit(limiter)
              .on(left)
              .startForEach(IntStream.range(0, 4).boxed().toList(), _ -> {});
      var resumed = left.resume(left.cpu().submit(() -> 1)).thenCompose(_ -> left.sleep(MILLI));
      for (var steps = seed % 7; steps > 0; steps--) {
        simulation.step();
      }
      simulation.leave(left);
      simulation.leave(left);

      assertThat(simulation.await(started).succeeded()).as("seed %d", seed).isZero();
      simulation.await(resumed);
      assertThat(sources).as("seed %d", seed).allMatch(CompletableFuture::isCancelled);
      assertThat(limiter.free()).as("seed %d", seed).isEqualTo(2);
      assertThat(left.deadline().hasPassed()).isTrue();
      simulation.await(left.ended());
    }
  }

  @Test
  void aRunThatIsKilledWaitsForNoPermits() throws Exception {
    var simulation = new Simulation(1);
    var limiter = Limiter.of(1);
    var work = new CompletableFuture<Integer>();
    var killed = simulation.run(Duration.ofSeconds(1));
    FanOut.<Integer, Integer>of((_, _) -> work)
        .concurrency(2)
        .limit(limiter)
        .on(killed)
        .startForEach(List.of(1, 2), _ -> {});
    while (simulation.step()) {}

    simulation.end(killed);
    work.complete(1);

    var next =
        FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
            .limit(limiter)
            .on(simulation.run(Duration.ofSeconds(1)))
            .startJoin(List.of(3));
    assertThat(simulation.await(next)).containsExactly(3);
  }

  @Test
  void whatARunStillHoldsWhenItIsKilledIsDroppedAndWhatIsGivenToItIsRejected() {
    var simulation = new Simulation(1);
    var run = simulation.run(Duration.ofSeconds(1));
    var done = new ArrayList<String>();
    run.executor().execute(() -> done.add("task"));
    run.sleep(Duration.ofHours(1)).thenRun(() -> done.add("sleep"));
    run.blocking().submit(() -> done.add("thread"));
    simulation.after(Duration.ofSeconds(2), () -> done.add("world"));

    simulation.end(run);
    simulation.end(run);
    simulation.until(() -> done.contains("world"));

    assertThat(done).containsExactly("thread", "world");
    assertThat(simulation.step()).as("anything is left to happen").isFalse();
    assertThatThrownBy(() -> run.executor().execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> run.sleep(Duration.ZERO))
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(run::ended).isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void whatNeverHoldsIsStuckWithItsSeed() {
    var simulation = new Simulation(3);

    assertThatThrownBy(() -> simulation.until(() -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("stuck")
        .hasMessageEndingWith("seed 3");
  }
}
