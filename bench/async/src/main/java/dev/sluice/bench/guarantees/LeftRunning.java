package dev.sluice.bench.guarantees;

import java.time.Duration;

/// Does the library report work of 2 s that ignores its timeout of 50 ms and goes on when the run
/// is over?
final class LeftRunning implements Question {
  private static final int COUNT = 4;

  @Override
  public String text() {
    return "9 · of 4 inputs whose work ignores its timeout: still running when the call returns;"
        + " reported";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var running = new Gauge();
    var workload =
        Workload.of(Inputs.of(COUNT), new Stubborn(running, Duration.ofMillis(2_000)), _ -> {})
            .timeout(Duration.ofMillis(50));
    try (var limited = subject.limited(COUNT + 1, PATIENCE)) {
      var result = limited.run(workload);
      var runOn = running.now();
      Pause.until(() -> running.now() == 0, Duration.ofSeconds(3));
      return result.measured(
          ran -> Cell.of(runOn == ran.overdue(), "%d; %d", runOn, ran.overdue()));
    }
  }
}
