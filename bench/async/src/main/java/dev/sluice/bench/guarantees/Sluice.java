package dev.sluice.bench.guarantees;

import dev.sluice.async.AsyncOp;
import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Limiter;
import dev.sluice.async.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Runs a `FanOut` under a `Limiter` that its runs share. The stage is the witness, and the call
/// owns its source where cancelling that stops the work.
final class Sluice implements Subject {
  @Override
  public String name() {
    return "Sluice";
  }

  @Override
  public Limited limited(int limit, Duration patience) {
    var permits = Limiter.of(limit);
    return workload -> run(permits, workload);
  }

  private static RunResult run(Limiter permits, Workload workload) throws InterruptedException {
    var weight = workload.weight();
    var fanOut =
        FanOut.of(new Operation(workload.work()))
            .concurrency((int) permits.permits())
            .limit(permits, item -> weight == null ? 1 : weight.applyAsInt(item));
    if (workload.timeout() != null) {
      fanOut = fanOut.timeout(workload.timeout());
    }
    if (workload.deadline() != null) {
      fanOut = fanOut.deadline(Deadline.in(workload.deadline()));
    }
    var summary =
        fanOut.forEach(workload.inputs(), outcome -> workload.sink().accept(told(outcome)));
    return new RunResult.Ran(summary.overdue().size());
  }

  // It is no lambda because NullAway does not see there that R may be null.
  private record Operation(Work work) implements AsyncOp<Integer, @Nullable Integer> {
    @Override
    public CompletionStage<@Nullable Integer> start(Integer item, Call call) throws Exception {
      var source = work.start(item);
      if (work.stops()) {
        call.own(source);
      }
      return source;
    }
  }

  private static Told told(Outcome<Integer, @Nullable Integer> outcome) {
    return new Told(
        outcome.item(),
        switch (outcome) {
          case Outcome.Success<Integer, @Nullable Integer> _ -> Told.How.SUCCEEDED;
          case Outcome.Failure<Integer, @Nullable Integer> _ -> Told.How.FAILED;
          case Outcome.TimedOut<Integer, @Nullable Integer> _ -> Told.How.TIMED_OUT;
          case Outcome.Cancelled<Integer, @Nullable Integer> _ -> Told.How.CANCELLED;
          case Outcome.NotStarted<Integer, @Nullable Integer> _ -> Told.How.NOT_STARTED;
        });
  }
}
