package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

@org.jspecify.annotations.NullUnmarked
class IslandTest {
  private final Deadline later = Deadline.in(Duration.ofSeconds(30));

  @Test
  void everythingOfARunHappensOnTheCallersThread() throws Exception {
    var threads = new ArrayList<Thread>();

    var value =
        Island.run(
            later,
            Duration.ZERO,
            run ->
                run.resume(run.cpu().submit(() -> 6))
                    .thenCompose(six -> {
                      threads.add(Thread.currentThread());
                      return run.sleep(Duration.ofMillis(1)).thenApply(_ -> six * 7);
                    })
                    .whenComplete((_, _) -> threads.add(Thread.currentThread())));

    assertThat(value).isEqualTo(42);
    assertThat(threads).hasSize(2).containsOnly(Thread.currentThread());
  }

  @Test
  void aFailureComesOutAsItIs() {
    assertThatThrownBy(() ->
            Island.run(
                later,
                Duration.ZERO,
                run ->
                    run.cpu()
                        .submit(() -> {
                          throw new IOException("gone");
                        })))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
  }

  @Test
  void aStageThatDoesNotEndIsLeftAtTheDeadlineAndItsRunGoesOnElsewhere() throws Exception {
    var left = new AtomicReference<Run>();
    var thread = new CompletableFuture<Thread>();

    assertThatThrownBy(() ->
            Island.run(
                Deadline.in(Duration.ofMillis(500)),
                Duration.ofMillis(5),
                run -> {
                  left.set(run);
                  return new CompletableFuture<String>();
                }))
        .isInstanceOf(TimeoutException.class);
    left.get().executor().execute(() -> thread.complete(Thread.currentThread()));

    assertThat(thread.get(20, TimeUnit.SECONDS).getName()).startsWith("sluice-cancel-");
    assertThat(thread.get().isDaemon()).isTrue();
  }

  @Test
  void sleepsEndInTheOrderOfTheirInstants() throws Exception {
    var order = new ArrayList<String>();

    Island.run(
        later,
        Duration.ZERO,
        run -> {
          var late = run.sleep(Duration.ofMillis(300)).thenRun(() -> order.add("late"));
          run.sleep(Duration.ofMillis(1)).thenRun(() -> order.add("early"));
          run.sleep(Duration.ofMillis(2)).cancel(true);
          return late.thenApply(_ -> "done");
        });

    assertThat(order).containsExactly("early", "late");
  }

  /// At a deadline whose clock stands still there is the grace, and nothing else.
  @Test
  void aStageThatEndsWithinTheGraceHasItsResult() throws Exception {
    var now = Deadline.in(Duration.ZERO, () -> 0);

    var six = Island.run(now, Duration.ofSeconds(20), run -> run.cpu().submit(() -> 6));

    assertThat(six).isEqualTo(6);
    assertThatThrownBy(
            () -> Island.run(now, Duration.ZERO, _ -> CompletableFuture.completedFuture(6)))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void withoutADeadlineItWaitsForTheStage() throws Exception {
    var six = Island.run(Deadline.NEVER, Duration.ofSeconds(1), run -> run.cpu().submit(() -> 6));

    assertThat(six).isEqualTo(6);
  }

  @Test
  void aRunGivesTimeThreadsAndChance() throws Exception {
    var before = Instant.now();

    var seen =
        Island.run(
            later,
            Duration.ZERO,
            run -> {
              assertThat(run.deadline()).isSameAs(later);
              assertThat(run.now()).isBetween(before, Instant.now());
              assertThat(run.random().nextInt(2)).isBetween(0, 1);
              return run.blocking().submit(() -> Thread.currentThread().isVirtual());
            });

    assertThat(seen).isTrue();
  }

  @Test
  void aFanOutThatItsIslandLeavesBehindIsCancelledAndSaysWhatStillRuns() throws Exception {
    var source = new CompletableFuture<Integer>();

    var started =
        Island.run(
            later,
            Duration.ZERO,
            run -> {
              var left =
                  FanOut.<Integer, Integer>of((_, _) -> source)
                      .on(run)
                      .startForEach(List.of(1), _ -> {});
              return run.resume(CompletableFuture.completedFuture(List.of(left)));
            });
    assertThat(started.getFirst()).isNotDone(); // within its grace

    source.complete(1);

    assertThat(started.getFirst().get(20, TimeUnit.SECONDS).cancelled()).isEqualTo(1);
  }
}
