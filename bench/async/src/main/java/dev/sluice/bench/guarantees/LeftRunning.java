package dev.sluice.bench.guarantees;

import java.time.Duration;

/// Work of 2 s that ignores its timeout of 50 ms: when the run is over, does someone say that it
/// goes on?
final class LeftRunning implements Question {
  private static final int COUNT = 4;

  @Override
  public String text() {
    return "9 · of 4 that ignore their timeout, run on when the call returns; reported";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var running = new Gauge();
    var plan =
        Plan.of(Inputs.of(COUNT), new Stubborn(running, Duration.ofMillis(2_000)), _ -> {})
            .timeout(Duration.ofMillis(50));
    try (var limited = subject.limited(COUNT + 1, PATIENCE)) {
      var answer = limited.run(plan);
      var runOn = running.now();
      Pause.until(() -> running.now() == 0, Duration.ofSeconds(3));
      return answer.measured(
          ran -> Cell.of(runOn == ran.overdue(), "%d; %d", runOn, ran.overdue()));
    }
  }
}
