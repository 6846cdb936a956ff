package dev.sluice.bench.fanout;

import dev.sluice.async.Summary;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/// Measures operations whose stage is complete when they return it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Complete.ITEMS)
public class Complete {
  static final int ITEMS = 100_000;
  static final int LIMIT = 100;

  private final MeasuredWork work = CompletableFuture::completedFuture;

  /// Measures the operation alone, in a loop: a cost that every library has to pay.
  @Benchmark
  public void loop(Blackhole hole) {
    for (var item : new Items(ITEMS)) {
      hole.consume(work.start(item));
    }
  }

  @Benchmark
  public Summary sluice(Blackhole hole) throws InterruptedException {
    return Ways.sluice(work, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public Summary sluiceUnowned(Blackhole hole) throws InterruptedException {
    return Ways.sluiceUnowned(work, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public void floor(Blackhole hole) throws InterruptedException {
    Ways.floor(work, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public void reactor(Blackhole hole) {
    Ways.reactor(work, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public void mutiny(Blackhole hole) {
    Ways.mutiny(work, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public void parallelCollectors(Blackhole hole) {
    Ways.parallelCollectors(work, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public void virtualThreads(Blackhole hole) throws InterruptedException {
    Ways.virtualThreads(work, ITEMS, LIMIT, hole);
  }
}
