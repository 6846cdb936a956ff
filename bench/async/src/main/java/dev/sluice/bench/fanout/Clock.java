package dev.sluice.bench.fanout;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/// Measures a reading of the clock, which is part of the cost of every library that reads it.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Clock {
  @Benchmark
  public long nanoTime() {
    return System.nanoTime();
  }
}
