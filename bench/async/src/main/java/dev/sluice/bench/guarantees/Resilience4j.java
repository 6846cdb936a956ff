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
    public Answer run(Plan plan) throws InterruptedException {
      if (plan.weight() != null) {
        return new Answer.HasNone("permits by weight");
      }
      if (plan.deadline() != null) {
        return new Answer.HasNone("a deadline of many calls");
      }
      var open = new Outstanding();
      for (int item : plan.inputs()) {
        open.begin();
        start(plan, item)
            .whenComplete((_, thrown) -> {
              plan.sink().accept(told(item, thrown));
              open.end();
            });
      }
      open.await();
      return Answer.Ran.ENDED;
    }

    private CompletionStage<@Nullable Integer> start(Plan plan, int item) {
      Supplier<CompletionStage<@Nullable Integer>> guarded =
          Bulkhead.decorateCompletionStage(
              bulkhead,
              () -> {
                try {
                  return plan.work().start(item);
                } catch (Exception thrown) {
                  throw new CompletionException(thrown);
                }
              });
      if (plan.timeout() == null) {
        return guarded.get();
      }
      var config = TimeLimiterConfig.custom().timeoutDuration(plan.timeout()).build();
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
