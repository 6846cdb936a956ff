package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.FanOut;
import dev.sluice.async.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// 4. One slow callback delays no other timeout.
class OneSlowCallbackDelaysNoOtherTimeoutTest {
  @Test
  void aCancelThatBlocksKeepsNoOtherSourceFromItsCancel() throws Exception {
    var second = new CountDownLatch(1);
    var isHeld = new CountDownLatch(1);

    var started =
        FanOut.<Integer, Integer>of(
                (item, call) -> {
                  var work = new CompletableFuture<Integer>();
                  call.onCancel(() -> {
                    if (item == 1) {
                      isHeld.countDown();
                      await(second); // for the other's cancel, which so cannot be behind this one
                    } else {
                      await(isHeld);
                      second.countDown();
                    }
                    work.cancel(true);
                  });
                  return work;
                })
            .concurrency(2)
            .timeout(Duration.ofMillis(20))
            .startForEach(List.of(1, 2), _ -> {});

    assertThat(started.get(20, TimeUnit.SECONDS).timedOut()).isEqualTo(2);
    assertThat(second.getCount()).isZero();
  }

  @Test
  void twoActionsOfOneCallDoNotWaitForEachOther() throws Exception {
    var both = new CyclicBarrier(2);
    var work = new CompletableFuture<Integer>();

    var started =
        FanOut.<Integer, Integer>of(
                (_, call) -> {
                  call.onCancel(() -> meet(both, work));
                  call.onCancel(() -> meet(both, work));
                  return work;
                })
            .timeout(Duration.ofMillis(1))
            .startForEach(List.of(1), _ -> {});

    assertThat(started.get(20, TimeUnit.SECONDS).timedOut()).isEqualTo(1);
    assertThat(work).isCompletedWithValue(2);
  }

  /// Only the delivery of a timeout waits for the sink, not the cancel of the source.
  @Test
  void theTimerFiresWhileTheDriverIsInsideTheSink() throws Exception {
    var source = new CompletableFuture<Integer>();
    var cancelled = new CountDownLatch(1);

    var summary =
        FanOut.<Integer, Integer>of(
                (item, call) -> {
                  if (item == 2) {
                    return CompletableFuture.completedFuture(item);
                  }
                  call.onCancel(() -> {
                    source.cancel(true);
                    cancelled.countDown();
                  });
                  return source;
                })
            .concurrency(2)
            .timeout(Duration.ofMillis(20))
            .forEach(
                List.of(1, 2),
                outcome -> {
                  if (outcome instanceof Outcome.Success<Integer, Integer>) {
                    await(cancelled);
                  }
                });

    assertThat(summary.timedOut()).isEqualTo(1);
    assertThat(cancelled.getCount()).isZero();
  }

  private static void meet(CyclicBarrier both, CompletableFuture<Integer> work) {
    try {
      both.await(20, TimeUnit.SECONDS);
      work.complete(2);
    } catch (Exception alone) {
      work.completeExceptionally(alone);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
