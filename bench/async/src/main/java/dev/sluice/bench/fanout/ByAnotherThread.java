package dev.sluice.bench.fanout;

import dev.sluice.async.Summary;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/// Measures operations that another thread completes, the same thread for every library.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(ByAnotherThread.ITEMS)
public class ByAnotherThread {
  static final int ITEMS = 100_000;
  static final int LIMIT = 100;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Completer completer = new Completer();

  @TearDown
  public void stop() throws InterruptedException {
    completer.stop();
  }

  @Benchmark
  public Summary sluiceWithTimeouts(Blackhole hole) throws InterruptedException {
    return Ways.sluice(completer::start, ITEMS, LIMIT, TIMEOUT, hole);
  }

  @Benchmark
  public Summary sluice(Blackhole hole) throws InterruptedException {
    return Ways.sluice(completer::start, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public void floor(Blackhole hole) throws InterruptedException {
    Ways.floor(completer::start, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public void reactor(Blackhole hole) {
    Ways.reactor(completer::start, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public void mutiny(Blackhole hole) {
    Ways.mutiny(completer::start, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public void parallelCollectors(Blackhole hole) {
    Ways.parallelCollectors(completer::start, ITEMS, LIMIT, hole);
  }

  @Benchmark
  public void virtualThreads(Blackhole hole) throws InterruptedException {
    Ways.virtualThreads(completer::start, ITEMS, LIMIT, hole);
  }
}
