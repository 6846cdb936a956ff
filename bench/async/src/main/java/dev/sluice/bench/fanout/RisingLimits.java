package dev.sluice.bench.fanout;

import dev.sluice.async.Summary;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/// Measures higher and higher limits for the same inputs, completed by another thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(RisingLimits.ITEMS)
public class RisingLimits {
  static final int ITEMS = 100_000;

  @Param({"10", "100", "1000", "10000"})
  public int limit;

  private final Completer completer = new Completer();

  @TearDown
  public void stop() throws InterruptedException {
    completer.stop();
  }

  @Benchmark
  public Summary sluice(Blackhole hole) throws InterruptedException {
    return Ways.sluice(completer::start, ITEMS, limit, hole);
  }

  @Benchmark
  public void floor(Blackhole hole) throws InterruptedException {
    Ways.floor(completer::start, ITEMS, limit, hole);
  }
}
