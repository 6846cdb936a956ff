package dev.sluice.bench.fanout;

import dev.sluice.async.Summary;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/// Measures more and more inputs at the same limit, complete when the operation returns. An
/// operation of JMH is a whole run here.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RisingInputs {
  @Param({"10000", "100000", "1000000", "10000000"})
  public int inputs;

  private final MeasuredWork work = CompletableFuture::completedFuture;

  @Benchmark
  public Summary sluice(Blackhole hole) throws InterruptedException {
    return Ways.sluice(work, inputs, Complete.LIMIT, hole);
  }
}
