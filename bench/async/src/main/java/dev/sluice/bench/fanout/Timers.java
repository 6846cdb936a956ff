package dev.sluice.bench.fanout;

import dev.sluice.async.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/// Measures a million operations under way at once, each with a timeout that never fires, and the
/// same without timeouts: the difference is the cost of a timeout. The last operation completes
/// them all.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Timers.ITEMS)
public class Timers {
  static final int ITEMS = 1_000_000;
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  @Benchmark
  public Summary armed(Blackhole hole) throws InterruptedException {
    return Ways.sluice(new AllAtOnce(), ITEMS, ITEMS, TIMEOUT, hole);
  }

  @Benchmark
  public Summary unarmed(Blackhole hole) throws InterruptedException {
    return Ways.sluice(new AllAtOnce(), ITEMS, ITEMS, hole);
  }

  /// Measures the timeouts of the JDK, for comparison.
  @Benchmark
  public void orTimeout(Blackhole hole) {
    var all = new ArrayList<CompletableFuture<Integer>>(ITEMS);
    for (var _ : new Items(ITEMS)) {
      all.add(new CompletableFuture<Integer>().orTimeout(TIMEOUT.toMinutes(), TimeUnit.MINUTES));
    }
    all.forEach(each -> each.complete(1));
    hole.consume(all);
  }

  private static final class AllAtOnce implements MeasuredWork {
    private final List<CompletableFuture<Integer>> all = new ArrayList<>(ITEMS);

    @Override
    public CompletableFuture<Integer> start(Integer item) {
      var future = new CompletableFuture<Integer>();
      all.add(future);
      if (all.size() == ITEMS) {
        all.forEach(each -> each.complete(1));
      }
      return future;
    }
  }
}
