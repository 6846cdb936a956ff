package dev.sluice.bench.guarantees;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// When does a run of 2.5 s end under a deadline of 600 ms, and does the sink hear of every input
/// that was pulled?
final class DeadlineKept implements Question {
  private static final Duration DEADLINE = Duration.ofMillis(600);
  private static final Duration SLACK = Duration.ofMillis(100);

  @Override
  public String text() {
    return "8 · with a deadline of 600 ms: end of the run; inputs told of, of those pulled; inputs"
        + " started afterwards";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var started = new AtomicInteger();
    var told = new AtomicInteger();
    var inputs = Inputs.of(200);
    var delayed = CompletableFuture.delayedExecutor(50, MILLISECONDS, Pause.threads());
    Work work =
        item -> {
          started.incrementAndGet();
          return CompletableFuture.<@Nullable Integer>supplyAsync(() -> item, delayed);
        };
    var workload = Workload.of(inputs, work, _ -> told.incrementAndGet()).deadline(DEADLINE);
    try (var limited = subject.limited(4, PATIENCE)) {
      var begun = System.nanoTime();
      var result = limited.run(workload);
      var took = Pause.since(begun);
      var startedByThen = started.get();
      var toldByThen = told.get();
      var pulledByThen = inputs.pulled();
      return result.measured(_ -> {
        Pause.stubborn(Duration.ofMillis(200));
        var after = started.get() - startedByThen;
        var inTime = took.compareTo(DEADLINE.plus(SLACK)) <= 0;
        return Cell.of(
            inTime && toldByThen == pulledByThen && after == 0,
            "%d ms; %d of %d; %d",
            took.toMillis(),
            toldByThen,
            pulledByThen,
            after);
      });
    }
  }
}
