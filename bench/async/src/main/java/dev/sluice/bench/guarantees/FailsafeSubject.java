package dev.sluice.bench.guarantees;

import dev.failsafe.Bulkhead;
import dev.failsafe.BulkheadFullException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.Timeout;
import dev.failsafe.TimeoutExceededException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Runs a `Bulkhead` around a `Timeout` around the stage, the order that its documentation gives;
/// `onCancel` hands a timeout on to the source.
final class FailsafeSubject implements Subject {
  @Override
  public String name() {
    return "Failsafe `Bulkhead` + `Timeout`";
  }

  @Override
  public Limited limited(int limit, Duration patience) {
    var bulkhead = Bulkhead.<@Nullable Integer>builder(limit).withMaxWaitTime(patience).build();
    return workload -> run(bulkhead, workload);
  }

  private static RunResult run(Bulkhead<@Nullable Integer> bulkhead, Workload workload)
      throws InterruptedException {
    if (workload.weight() != null) {
      return new RunResult.Unsupported("permits by weight");
    }
    if (workload.deadline() != null) {
      return new RunResult.Unsupported("a deadline of many calls");
    }
    FailsafeExecutor<@Nullable Integer> guarded = Failsafe.with(bulkhead);
    if (workload.timeout() != null) {
      guarded =
          guarded.compose(
              Timeout.<@Nullable Integer>builder(workload.timeout()).withInterrupt().build());
    }
    var open = new Outstanding();
    for (int item : workload.inputs()) {
      open.begin();
      guarded
          .getStageAsync(context -> {
            var source = workload.work().start(item);
            if (workload.work().stops()) {
              context.onCancel(() -> source.cancel(true));
            }
            return source;
          })
          .whenComplete((_, thrown) -> {
            workload.sink().accept(told(item, thrown));
            open.end();
          });
    }
    open.await();
    return RunResult.Ran.ENDED;
  }

  private static Told told(int item, @Nullable Throwable thrown) {
    return switch (thrown) {
      case TimeoutExceededException _ -> new Told(item, Told.How.TIMED_OUT);
      case BulkheadFullException _ -> new Told(item, Told.How.NOT_STARTED);
      case null, default -> Told.of(item, thrown);
    };
  }
}
