package dev.sluice.bench.guarantees;

import java.time.Duration;

/// Does work that outlives its timeout and every cancel keep its permit?
final class PeakRunning implements Question {
  private static final int LIMIT = 4;

  @Override
  public String text() {
    return "2 · most that really ran at a limit of 4, after timeouts that the work ignores";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var running = new Gauge();
    var workload =
        Workload.of(Inputs.of(24), new Stubborn(running, Duration.ofMillis(120)), _ -> {})
            .timeout(Duration.ofMillis(20));
    try (var limited = subject.limited(LIMIT, PATIENCE)) {
      return limited
          .run(workload)
          .measured(_ -> Cell.of(running.peak() <= LIMIT, "%d", running.peak()));
    }
  }
}
