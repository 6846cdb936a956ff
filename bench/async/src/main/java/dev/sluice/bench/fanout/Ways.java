package dev.sluice.bench.fanout;

import static com.pivovarit.collectors.ParallelCollectors.parallelToStream;

import dev.sluice.async.FanOut;
import dev.sluice.async.Summary;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.StreamSupport;
import org.openjdk.jmh.infra.Blackhole;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The ways to do work for all items with a limit. Each method returns when all results were
/// consumed.
final class Ways {
  private Ways() {}

  /// Runs a fan-out whose calls own no source, so it keeps no call and could cancel nothing.
  static Summary sluiceUnowned(MeasuredWork work, int items, int limit, Blackhole hole)
      throws InterruptedException {
    return FanOut.<Integer, Integer>of((item, _) -> work.start(item))
        .concurrency(limit)
        .forEach(new Items(items), hole::consume);
  }

  static Summary sluice(MeasuredWork work, int items, int limit, Blackhole hole)
      throws InterruptedException {
    return FanOut.ofSource(work::start).concurrency(limit).forEach(new Items(items), hole::consume);
  }

  static Summary sluice(MeasuredWork work, int items, int limit, Duration timeout, Blackhole hole)
      throws InterruptedException {
    return FanOut.ofSource(work::start)
        .concurrency(limit)
        .timeout(timeout)
        .forEach(new Items(items), hole::consume);
  }

  static void reactor(MeasuredWork work, int items, int limit, Blackhole hole) {
    Flux.fromIterable(new Items(items))
        .flatMap(item -> Mono.fromFuture(work.start(item)), limit)
        .doOnNext(hole::consume)
        .blockLast();
  }

  static void mutiny(MeasuredWork work, int items, int limit, Blackhole hole) {
    Multi.createFrom()
        .iterable(new Items(items))
        .onItem()
        .transformToUni(item -> Uni.createFrom().completionStage(work.start(item)))
        .merge(limit)
        .onItem()
        .invoke(hole::consume)
        .onItem()
        .ignoreAsUni()
        .await()
        .indefinitely();
  }

  static void parallelCollectors(MeasuredWork work, int items, int limit, Blackhole hole) {
    StreamSupport.stream(new Items(items).spliterator(), false)
        .collect(parallelToStream((Integer item) -> work.start(item).join(), limit))
        .forEach(hole::consume);
  }

  static void virtualThreads(MeasuredWork work, int items, int limit, Blackhole hole)
      throws InterruptedException {
    // A virtual thread hands out the permits: the system would park and wake a platform thread for
    // almost every item, at several times the cost.
    var driver =
        Thread.startVirtualThread(() -> {
          var permits = new Semaphore(limit);
          try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var item : new Items(items)) {
              permits.acquireUninterruptibly();
              threads.execute(() -> {
                try {
                  hole.consume(work.start(item).join());
                } finally {
                  permits.release();
                }
              });
            }
          }
        });
    driver.join();
  }

  /// Keeps a limit with the least code.
  static void floor(MeasuredWork work, int items, int limit, Blackhole hole)
      throws InterruptedException {
    var permits = new Semaphore(limit);
    for (var item : new Items(items)) {
      permits.acquire();
      work.start(item)
          .whenComplete((value, _) -> {
            hole.consume(value);
            permits.release();
          });
    }
    permits.acquire(limit);
  }
}
