package dev.sluice.bench.guarantees;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// How many inputs are in memory when no work completes for a while?
final class PulledAhead implements Question {
  private static final int COUNT = 10_000;
  private static final int LIMIT = 4;

  /// The inputs that run, and a look-ahead of twice the limit.
  private static final int MOST = 3 * LIMIT;

  @Override
  public String text() {
    return "6 · of 10,000 inputs, most that were pulled and not told of, at a limit of 4";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var held = new Gauge();
    var gate = new CompletableFuture<@Nullable Integer>();
    gate.completeOnTimeout(0, 150, MILLISECONDS);
    Work work = item -> gate.<@Nullable Integer>thenApplyAsync(_ -> item, Pause.threads());
    var workload = Workload.of(new Inputs(COUNT, _ -> held.enter(1)), work, _ -> held.leave(1));
    try (var limited = subject.limited(LIMIT, PATIENCE)) {
      return limited.run(workload).measured(_ -> Cell.of(held.peak() <= MOST, "%,d", held.peak()));
    }
  }
}
