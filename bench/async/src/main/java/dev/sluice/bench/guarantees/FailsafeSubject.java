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
    return plan -> run(bulkhead, plan);
  }

  private static Answer run(Bulkhead<@Nullable Integer> bulkhead, Plan plan)
      throws InterruptedException {
    if (plan.weight() != null) {
      return new Answer.HasNone("permits by weight");
    }
    if (plan.deadline() != null) {
      return new Answer.HasNone("a deadline of many calls");
    }
    FailsafeExecutor<@Nullable Integer> guarded = Failsafe.with(bulkhead);
    if (plan.timeout() != null) {
      guarded =
          guarded.compose(
              Timeout.<@Nullable Integer>builder(plan.timeout()).withInterrupt().build());
    }
    var open = new Outstanding();
    for (int item : plan.inputs()) {
      open.begin();
      guarded
          .getStageAsync(context -> {
            var source = plan.work().start(item);
            if (plan.work().stops()) {
              context.onCancel(() -> source.cancel(true));
            }
            return source;
          })
          .whenComplete((_, thrown) -> {
            plan.sink().accept(told(item, thrown));
            open.end();
          });
    }
    open.await();
    return Answer.Ran.ENDED;
  }

  private static Told told(int item, @Nullable Throwable thrown) {
    return switch (thrown) {
      case TimeoutExceededException _ -> new Told(item, Told.How.TIMED_OUT);
      case BulkheadFullException _ -> new Told(item, Told.How.NOT_STARTED);
      case null, default -> Told.of(item, thrown);
    };
  }
}
