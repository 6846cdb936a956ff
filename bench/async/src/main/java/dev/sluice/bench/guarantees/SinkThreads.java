package dev.sluice.bench.guarantees;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// How many threads call the sink, and how many at once, when eight threads complete the work?
final class SinkThreads implements Question {
  private static final int COUNT = 1_000;

  @Override
  public String text() {
    return "10 · sinks called at once, and threads that called, with 8 threads that complete";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var inside = new Gauge();
    var told = new AtomicInteger();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    var daemons = Thread.ofPlatform().daemon().name("bench-complete-", 0).factory();
    var completers = Executors.newFixedThreadPool(8, daemons);
    Work work =
        item ->
            CompletableFuture.<@Nullable Integer>supplyAsync(
                () -> {
                  Pause.stubborn(Duration.ofNanos(100_000));
                  return item;
                },
                completers);
    var workload =
        Workload.of(
            Inputs.of(COUNT),
            work,
            _ -> {
              told.incrementAndGet();
              inside.enter(1);
              threads.add(Thread.currentThread());
              Pause.stubborn(Duration.ofNanos(100_000));
              inside.leave(1);
            });
    try (var limited = subject.limited(32, PATIENCE)) {
      return limited
          .run(workload)
          .measured(_ ->
              Cell.of(
                  inside.peak() == 1 && told.get() == COUNT,
                  "%d; %,d",
                  inside.peak(),
                  threads.size()));
    } finally {
      completers.shutdownNow();
    }
  }
}
