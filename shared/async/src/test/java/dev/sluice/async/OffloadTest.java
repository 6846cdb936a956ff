package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OffloadTest {
  private final ThreadLocal<String> trace = new ThreadLocal<>();

  private Runnable carried(Runnable action) {
    var carried = trace.get();
    return () -> {
      trace.set(carried);
      try {
        action.run();
      } finally {
        trace.remove();
      }
    };
  }

  @Test
  void whatIsCarriedIsThereInTheTask() throws Exception {
    trace.set("trace-1");
    var seen = Offload.cpu().carrying(this::carried).submit(trace::get);
    trace.set("trace-2");

    assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo("trace-1");
  }

  @Test
  void aFailureComesThroughAsItIs() {
    var failed =
        Offload.blocking(1)
            .carrying(this::carried)
            .submit(() -> {
              throw new IOException("gone");
            });

    assertThatThrownBy(() -> failed.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void aContextThatRunsNothingIsAFailure() {
    var failed = Offload.cpu().carrying(_ -> () -> {}).submit(() -> 1);

    assertThatThrownBy(() -> failed.get(20, TimeUnit.SECONDS))
        .hasRootCauseMessage("the context did not run what it was given");
  }

  /// Each lets all others go first, a hundred times.
  @Test
  @SuppressWarnings("ThreadPriorityCheck") // so that more would be inside, if they could
  void blockingRunsNoMoreThanItsConcurrency() {
    var running = new AtomicInteger();
    var peak = new AtomicInteger();
    var threads = Offload.blocking(3);
    var all = new ArrayList<CompletableFuture<Integer>>();
    for (var task = 0; task < 200; task++) {
      all.add(
          threads.submit(() -> {
            peak.accumulateAndGet(running.incrementAndGet(), Math::max);
            for (var i = 0; i < 100; i++) {
              Thread.yield();
            }
            return running.decrementAndGet();
          }));
    }
    all.forEach(CompletableFuture::join);

    assertThat(peak).hasValueBetween(1, 3);
  }

  @Test
  void aCancelInterruptsAndTheFutureEndsWhenTheThreadHasLeft() throws Exception {
    var inside = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var future =
        Offload.blocking(1)
            .submit(() -> {
              inside.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException interrupted) {
                leave.await();
              }
              return 1;
            });
    assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();

    assertThat(future.cancel(true)).isTrue();
    assertThat(future.cancel(true)).isFalse();

    assertThat(future).isNotDone();
    leave.countDown();
    assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void aCancelWithdrawsWhatWaits() throws Exception {
    var threads = Offload.blocking(1);
    var gate = new CountDownLatch(1);
    var ran = new AtomicInteger();
    var first =
        threads.submit(() -> {
          gate.await();
          return 1;
        });
    var second = threads.submit(ran::incrementAndGet);

    second.cancel(true);
    gate.countDown();

    assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS))
        .isInstanceOf(CancellationException.class);
    assertThat(ran).hasValue(0);
  }

  /// The permit of an operation comes back with its future, so it must not end before its thread.
  @Test
  void aStrangerWhoCompletesItInterruptsTheThreadAndItEndsWhenThatHasLeft() throws Exception {
    var inside = new CountDownLatch(1);
    var leaves = new CompletableFuture<Integer>();
    var interrupted = new CountDownLatch(1);
    var work =
        Offload.blocking(1)
            .submit(() -> {
              inside.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException stopped) {
                interrupted.countDown();
              }
              return leaves.join();
            });
    assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();

    assertThat(work.completeExceptionally(new IOException("first"))).isFalse();
    assertThat(work.complete(2)).isFalse();
    work.completeAsync(() -> 3, Runnable::run);
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(work).isNotDone();
    leaves.complete(1);

    assertThatThrownBy(() -> work.get(20, TimeUnit.SECONDS)).hasRootCauseMessage("first");
  }

  @Test
  void whatAStrangerCompletesBeforeItsTurnEndsWithWhatHeGave() throws Exception {
    var gate = new CompletableFuture<Integer>();
    var one = Offload.blocking(1);
    var inside = new CountDownLatch(1);
    var first =
        one.submit(() -> {
          inside.countDown();
          return gate.join();
        });
    assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
    var second = one.submit(() -> 2);

    second.complete(22);
    gate.complete(1);

    assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(22);
  }
}
