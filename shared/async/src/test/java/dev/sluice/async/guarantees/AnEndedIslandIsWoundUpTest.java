package dev.sluice.async.guarantees;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Island;
import dev.sluice.async.Limiter;
import dev.sluice.async.Outcome;
import dev.sluice.async.Outcome.Stop;
import dev.sluice.async.Run;
import dev.sluice.async.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What an island leaves under way is let go: permits come back, what is chained happens.
@Timeout(60)
class AnEndedIslandIsWoundUpTest {
  private final List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
  private final CompletableFuture<Integer> work = new CompletableFuture<>();
  private final CompletableFuture<Run> left = new CompletableFuture<>();

  /// An island whose caller leaves soon.
  private void leave(Function<Run, CompletionStage<?>> stage) {
    assertThatThrownBy(() ->
            Island.run(
                Deadline.in(Duration.ofMillis(300)),
                Duration.ZERO,
                run -> {
                  left.complete(run);
                  return stage.apply(run).thenCompose(_ -> new CompletableFuture<Integer>());
                }))
        .isInstanceOf(TimeoutException.class);
  }

  private FanOut<Integer, Integer> working(Run run) {
    return FanOut.<Integer, Integer>of((_, _) -> work).concurrency(2).on(run);
  }

  @Test
  void eachItemOfItsFanOutsHasItsOutcome() throws Exception {
    var started = new CompletableFuture<CompletableFuture<Summary>>();
    leave(run -> {
      started.complete(working(run).startForEach(List.of(1, 2, 3), outcomes::add));
      return started.join();
    });

    assertThat(started.join().get(20, SECONDS).overdue()).isEqualTo(List.of(1, 2));
    assertThat(outcomes)
        .containsExactlyInAnyOrder(
            new Outcome.Cancelled<>(1, Stop.CANCELLED),
            new Outcome.Cancelled<>(2, Stop.CANCELLED),
            new Outcome.NotStarted<>(3, Stop.CANCELLED));
  }

  @Test
  void permitsThatItHeldAndWaitedForComeBack() throws Exception {
    var limiter = Limiter.of(1);
    leave(run -> working(run).limit(limiter).startForEach(List.of(1, 2), outcomes::add));
    assertThat(limiter.free()).as("the work goes on").isZero();

    work.complete(1);

    assertThat(limiter.free()).isEqualTo(1);
    var next =
        FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
            .limit(limiter)
            .join(List.of(3, 4));
    assertThat(next).containsExactly(3, 4);
  }

  @Test
  void whatIsChainedOnWorkThatEndsLaterHappensThenAndOneThingAtATime() throws Exception {
    var order = new ArrayList<String>();
    var letGo = new CompletableFuture<Boolean>();
    leave(run -> {
      var resumed =
          run.resume(work)
              .thenCompose(_ -> {
                order.add("resumed"); // a plain list: the executor is serial
                return run.sleep(Duration.ofMillis(1));
              })
              .thenRun(() -> order.add("slept"))
              .thenCompose(_ -> run.resume(run.cpu().submit(() -> 1)))
              .thenRun(() -> order.add("computed"));
      resumed.thenRun(() -> letGo.complete(true));
      return resumed;
    });
    assertThat(order).isEmpty();

    work.complete(1);

    assertThat(letGo.get(20, SECONDS)).isTrue();
    assertThat(order).containsExactly("resumed", "slept", "computed");
  }

  @Test
  void aSleepThatItLeavesEndsAtItsTime() throws Exception {
    var slept = new CompletableFuture<CompletableFuture<?>>();
    leave(run -> {
      slept.complete(run.sleep(Duration.ofMillis(400)));
      return slept.join();
    });

    slept.join().get(20, SECONDS);
  }

  @Test
  void itsEndIsToldAndItsDeadlineHasPassed() throws Exception {
    var told = new CompletableFuture<Boolean>();
    Island.run(
        Deadline.NEVER,
        Duration.ZERO,
        run -> {
          left.complete(run);
          run.ended().cancel(true);
          run.ended().thenRun(() -> told.complete(run.deadline().hasPassed()));
          assertThat(run.deadline().hasPassed()).isFalse();
          return run.sleep(Duration.ZERO);
        });

    assertThat(told).isCompletedWithValue(true);
    left.join().ended().get(20, SECONDS); // at once
  }

  @Test
  void aFanOutThatBeginsLaterStartsNothing() throws Exception {
    leave(_ -> work);

    var summary = working(left.join()).startForEach(List.of(1, 2), outcomes::add).get(20, SECONDS);

    assertThat(summary.notStarted()).isEqualTo(2);
  }

  @Test
  void aStageThatWasNotBegunWhenItsCallerLeftIsNotBegun() {
    var begun = new ArrayList<String>();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() ->
            Island.run(
                Deadline.NEVER,
                Duration.ZERO,
                _ -> {
                  begun.add("stage");
                  return work;
                }))
        .isInstanceOf(InterruptedException.class);

    assertThat(begun).isEmpty();
  }

  @Test
  void whatThrowsOnTheWayOutKeepsNothingElse() throws Exception {
    var next = new CompletableFuture<Boolean>();
    leave(run -> {
      run.ended()
          .thenRun(() -> {
            run.executor()
                .execute(() -> {
                  throw new IllegalStateException("on the way out, as planned");
                });
            run.executor().execute(() -> next.complete(true));
          });
      return work;
    });

    assertThat(next.get(20, SECONDS)).isTrue();
  }

  @Test
  void aCancelThatThrowsEndsNoIsland() throws Exception {
    var six =
        Island.run(
            Deadline.in(Duration.ofSeconds(60)),
            Duration.ZERO,
            run ->
                FanOut.<Integer, Integer>of(
                        (_, call) -> {
                          call.onCancel(() -> {
                            throw new IllegalStateException("at the timeout, as planned");
                          });
                          call.own(work);
                          return work;
                        })
                    .timeout(Duration.ofMillis(1))
                    .on(run)
                    .startForEach(List.of(1), outcomes::add)
                    .thenApply(_ -> 6));

    assertThat(six).isEqualTo(6);
    assertThat(work).isCancelled();
  }
}
