package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.FanOut;
import dev.sluice.async.Limiter;
import dev.sluice.async.Offload;
import dev.sluice.async.Simulation;
import dev.sluice.async.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// 7. No permit is ever lost, whatever a cancel or a timeout races with.
class NoPermitIsLostTest {
  @Test
  void runsThatAreCancelledWhileTheyWaitGiveTheirOffersOn() {
    var limiter = Limiter.of(2);
    for (var round = 0; round < 200; round++) {
      var runs = new ArrayList<CompletableFuture<Summary>>();
      for (var i = 0; i < 4; i++) {
        runs.add(
            FanOut.<Integer, Integer>of((item, _) -> Offload.cpu().submit(() -> item))
                .concurrency(2)
                .limit(limiter)
                .startForEach(IntStream.range(0, 10).boxed().toList(), _ -> {}));
      }
      runs.get(round % 4).cancel(true);
      runs.forEach(CompletableFuture::join);
    }

    assertThat(limiter.free()).isEqualTo(2);
  }

  @Test
  void whoIsCancelledWithAnOfferInHandGivesItOn() throws Exception {
    var simulation = new Simulation(1);
    var limiter = Limiter.of(1);
    var work = new CompletableFuture<Integer>();
    var holds = started(simulation, limiter, work);
    var cancelled = started(simulation, limiter, CompletableFuture.completedFuture(2));
    var next = started(simulation, limiter, CompletableFuture.completedFuture(3));

    work.complete(1); // offers it to the second, whose driver has not looked yet
    cancelled.cancel(true);

    assertThat(simulation.await(next).succeeded()).isEqualTo(1);
    assertThat(simulation.await(holds).succeeded()).isEqualTo(1);
    assertThat(simulation.await(cancelled).notStarted()).isEqualTo(1);
    assertThat(limiter.free()).isEqualTo(1);
  }

  /// A run that has done what it can for now.
  private static CompletableFuture<Summary> started(
      Simulation simulation, Limiter limiter, CompletableFuture<Integer> work) {
    var started =
        FanOut.<Integer, Integer>of((_, _) -> work)
            .limit(limiter)
            .on(simulation.run(Duration.ofHours(1)))
            .startForEach(List.of(1), _ -> {});
    while (simulation.step()) {}
    return started;
  }

  @Test
  void timeoutsThatRaceWithCompletionsGiveThemBackOnce() throws Exception {
    var limiter = Limiter.of(3);
    var threads = Offload.blocking(8);

    var summary =
        FanOut.<Integer, Integer>of((item, call) ->
                call.own(
                    threads.submit(() -> {
                      new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
                      return item;
                    })))
            .concurrency(8)
            .limit(limiter)
            .timeout(Duration.ofMillis(1))
            .forEach(IntStream.range(0, 500).iterator(), _ -> {});

    assertThat(summary.pulled()).isEqualTo(500);
    assertThat(limiter.free()).isEqualTo(3);
  }
}
