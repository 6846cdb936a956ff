package dev.sluice.bench.guarantees;

import dev.sluice.async.AsyncOp;
import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// `FanOut`: the stage is the witness, and owns its source where cancelling that stops the work.
final class Sluice implements Subject {
  @Override
  public String name() {
    return "Sluice";
  }

  @Override
  public Limited limited(int limit, Duration patience) {
    FanOut.of((Integer item, Call _) -> CompletableFuture.completedFuture(item))
        .concurrency(limit); // refuses a bad limit now, not at the first run
    return plan -> run(limit, plan);
  }

  private static Answer run(int limit, Plan plan) throws InterruptedException {
    if (plan.weight() != null) {
      return new Answer.HasNone("permits by weight");
    }
    var fanOut = FanOut.of(new Operation(plan.work())).concurrency(limit);
    if (plan.timeout() != null) {
      fanOut = fanOut.timeout(plan.timeout());
    }
    if (plan.deadline() != null) {
      fanOut = fanOut.deadline(Deadline.in(plan.deadline()));
    }
    var summary = fanOut.forEach(plan.inputs(), outcome -> plan.sink().accept(told(outcome)));
    return new Answer.Ran(summary.overdue());
  }

  // A lambda would do, but for NullAway: it does not see that R may be null.
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
