package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Island;
import dev.sluice.async.Lanes;
import dev.sluice.async.Limiter;
import dev.sluice.async.Offload;
import dev.sluice.async.Outcome;
import dev.sluice.async.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// 10. Results cannot be lost between threads: iterator, start, sink, keys, weights and predicates
///     are the driver's alone; nothing of a user runs on a timer.
class OneThreadDrivesTest {
  private final Set<Thread> threads = Collections.newSetFromMap(new IdentityHashMap<>());

  private <V> V seen(V value) {
    synchronized (threads) {
      threads.add(Thread.currentThread());
    }
    return value;
  }

  private FanOut<Integer, Integer> watched() {
    return FanOut.<Integer, Integer>of(
            (item, _) -> {
              seen(item);
              return Offload.cpu()
                  .submit(() -> {
                    if (item % 7 == 0) {
                      throw new IllegalStateException();
                    }
                    return item;
                  });
            })
        .concurrency(4)
        .timeout(Duration.ofSeconds(20))
        .lanes(Lanes.byKey(item -> seen(item % 5)))
        .limit(Limiter.of(10), item -> seen(item % 3))
        .retry(Retry.attempts(2).backoff(Duration.ZERO, Duration.ZERO).when(_ -> seen(true)));
  }

  private Iterator<Integer> inputs() {
    return IntStream.range(0, 300).peek(this::seen).iterator();
  }

  @Test
  void theCallersThreadForWhatBlocks() throws Exception {
    var outcomes = new ArrayList<Outcome<Integer, Integer>>();

    watched().forEach(inputs(), outcome -> outcomes.add(seen(outcome)));

    assertThat(threads).containsExactly(Thread.currentThread());
    assertThat(outcomes).hasSize(300);
  }

  @Test
  void theReadersThreadForWhatIsOpened() {
    try (var outcomes = watched().open(this::inputs)) {
      outcomes.forEachRemaining(this::seen);
    }

    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void oneVirtualThreadForWhatStarts() {
    watched().startForEach(this::inputs, this::seen).join();

    assertThat(threads).hasSize(1).allMatch(Thread::isVirtual);
  }

  @Test
  void cancelsHaveThreadsOfTheirOwn() throws Exception {
    var work = new CompletableFuture<Integer>();
    var name = new CompletableFuture<String>();

    FanOut.<Integer, Integer>of(
            (_, call) -> {
              call.onCancel(() -> {
                name.complete(Thread.currentThread().getName());
                work.cancel(true);
              });
              return work;
            })
        .timeout(Duration.ofMillis(1))
        .forEach(List.of(1), _ -> {});

    assertThat(name.get(20, TimeUnit.SECONDS)).startsWith("sluice-cancel-");
  }

  @Test
  void whatIsCarriedComesAlongToDriversAndCancels() throws Exception {
    var trace = new ThreadLocal<String>();
    var seen = Collections.synchronizedList(new ArrayList<String>());
    trace.set("trace-1");
    var work = new CompletableFuture<Integer>();

    FanOut.<Integer, Integer>of(
            (_, call) -> {
              seen.add(trace.get());
              call.onCancel(() -> {
                seen.add(trace.get());
                work.cancel(true);
              });
              return work;
            })
        .timeout(Duration.ofMillis(1))
        .context(action -> {
          var carried = trace.get();
          return () -> {
            trace.set(carried);
            try {
              action.run();
            } finally {
              trace.remove();
            }
          };
        })
        .startForEach(List.of(1), _ -> seen.add(trace.get()))
        .get(20, TimeUnit.SECONDS);

    assertThat(seen).containsExactly("trace-1", "trace-1", "trace-1");
  }

  /// Others of the same run have no part in it.
  @Test
  void aContextThatThrowsEndsNeitherItsFanOutNorItsIsland() throws Exception {
    var outcomes = new ArrayList<Outcome<Integer, Integer>>();
    var fanOut =
        FanOut.<Integer, Integer>of((item, _) -> CompletableFuture.completedFuture(item))
            .context(action ->
                () -> {
                  action.run();
                  throw new IllegalStateException("a context that throws");
                });

    var summary =
        Island.run(
            Deadline.in(Duration.ofSeconds(20)),
            Duration.ZERO,
            run -> fanOut.on(run).startForEach(List.of(1, 2), outcomes::add));

    assertThat(summary.succeeded()).isEqualTo(2);
    assertThat(outcomes).hasSize(2);
  }

  @Test
  void anInterruptOfTheDriverCancelsAndIsThrown() {
    var source = new CompletableFuture<Integer>();
    var outcomes = new ArrayList<Outcome<Integer, Integer>>();
    var fanOut =
        FanOut.<Integer, Integer>of((_, call) -> {
          Thread.currentThread().interrupt();
          return call.own(source);
        });

    assertThatThrownBy(() -> fanOut.forEach(List.of(1, 2), outcomes::add))
        .isInstanceOf(InterruptedException.class);
    assertThat(source).isCancelled();
    assertThat(outcomes).hasSize(2);
  }

  @Test
  void anOperationThatWasInterruptedInterruptsTheDriver() {
    var source = new CompletableFuture<Integer>();
    var fanOut =
        FanOut.<Integer, Integer>of(
                (item, call) -> {
                  if (item == 1) {
                    return call.own(source);
                  }
                  throw new InterruptedException();
                })
            .concurrency(2)
            .deadline(Deadline.in(Duration.ofSeconds(20)));

    assertThatThrownBy(() -> fanOut.forEach(List.of(1, 2), _ -> {}))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(source).isCancelled();
  }

  @Test
  void anInterruptOfAReaderIsKept() {
    var fanOut = FanOut.<Integer, Integer>ofSource(_ -> new CompletableFuture<>());
    try (var outcomes = fanOut.open(List.of(1, 2))) {
      Thread.currentThread().interrupt();

      assertThat(outcomes.next()).isInstanceOf(Outcome.NotStarted.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(outcomes.next()).isInstanceOf(Outcome.NotStarted.class);
      assertThat(outcomes.hasNext()).isFalse();
    }
  }

  @Test
  void anInterruptOfAReaderCancelsWhatRuns() {
    var fanOut =
        FanOut.<Integer, Integer>ofSource(_ -> {
          Thread.currentThread().interrupt();
          return new CompletableFuture<>();
        });
    try (var outcomes = fanOut.open(List.of(1, 2))) {
      assertThat(outcomes.next()).isInstanceOf(Outcome.Cancelled.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(outcomes.next()).isInstanceOf(Outcome.NotStarted.class);
    }
  }

  /// Of many threads that end work at once, none is waited for and none is lost.
  @Test
  void manyThreadsThatEndAtOnceLoseNothing() throws Exception {
    var all = new ArrayList<Integer>();
    var gate = new CountDownLatch(1);
    var workers = Offload.blocking(64);

    FanOut.<Integer, Integer>of(
            (item, _) -> {
              if (item == 63) {
                gate.countDown();
              }
              return workers.submit(() -> {
                gate.await();
                return item;
              });
            })
        .concurrency(64)
        .forEach(IntStream.range(0, 5_000).iterator(), outcome -> all.add(outcome.item()));

    assertThat(all).hasSize(5_000).doesNotHaveDuplicates();
  }
}
