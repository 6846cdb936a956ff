package dev.sluice.bench.guarantees;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs a `TimeLimiter` around a `Bulkhead` around the stage, the order that its documentation
/// gives; the caller waits for a permit.
final class Resilience4j implements Subject {
  @Override
  public String name() {
    return "resilience4j `Bulkhead` + `TimeLimiter`";
  }

  @Override
  public Limited limited(int limit, Duration patience) {
    var bulkhead =
        Bulkhead.of(
            "bench",
            BulkheadConfig.custom().maxConcurrentCalls(limit).maxWaitDuration(patience).build());
    return new Guarded(bulkhead, Pause.timer(3));
  }

  private record Guarded(Bulkhead bulkhead, ScheduledExecutorService timer) implements Limited {
    @Override
    public RunResult run(Workload workload) throws InterruptedException {
      if (workload.weight() != null) {
        return new RunResult.Unsupported("permits by weight");
      }
      if (workload.deadline() != null) {
        return new RunResult.Unsupported("a deadline of many calls");
      }
      var open = new Outstanding();
      for (int item : workload.inputs()) {
        open.begin();
        start(workload, item)
            .whenComplete((_, thrown) -> {
              workload.sink().accept(told(item, thrown));
              open.end();
            });
      }
      open.await();
      return RunResult.Ran.ENDED;
    }

    private CompletionStage<@Nullable Integer> start(Workload workload, int item) {
      Supplier<CompletionStage<@Nullable Integer>> guarded =
          Bulkhead.decorateCompletionStage(
              bulkhead,
              () -> {
                try {
                  return workload.work().start(item);
                } catch (Exception thrown) {
                  throw new CompletionException(thrown);
                }
              });
      if (workload.timeout() == null) {
        return guarded.get();
      }
      var config = TimeLimiterConfig.custom().timeoutDuration(workload.timeout()).build();
      return TimeLimiter.of(config).executeCompletionStage(timer, guarded);
    }

    @Override
    public void close() {
      timer.shutdownNow();
    }
  }

  private static Told told(int item, @Nullable Throwable thrown) {
    return thrown instanceof BulkheadFullException
        ? new Told(item, Told.How.NOT_STARTED)
        : Told.of(item, thrown);
  }
}
