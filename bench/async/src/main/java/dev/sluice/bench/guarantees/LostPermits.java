package dev.sluice.bench.guarantees;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// How many items can still run at once after races of work, timeouts and waits for a permit that
/// all take about a millisecond?
final class LostPermits implements Question {
  private static final int LIMIT = 8;
  private static final int COUNT = 2_000;
  private static final Duration RACE = Duration.ofMillis(1);

  @Override
  public String text() {
    return "7 · permits left of 8 after 2,000 races of work, timeout and wait";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var delayed = CompletableFuture.delayedExecutor(900, MICROSECONDS, Pause.threads());
    Work race = item -> CompletableFuture.<@Nullable Integer>supplyAsync(() -> item, delayed);
    try (var limited = subject.limited(LIMIT, RACE)) {
      var result = limited.run(Workload.of(Inputs.of(COUNT), race, _ -> {}).timeout(RACE));
      if (result instanceof RunResult.Unsupported(var feature)) {
        return new Cell.HasNone(feature);
      }
      // An item that timed out may still hold its permit for a moment, and rightly.
      Pause.stubborn(Duration.ofMillis(50));
      var meeting = new Meeting();
      limited.run(Workload.of(Inputs.of(LIMIT), meeting, _ -> {}));
      var left = meeting.running.peak();
      return Cell.of(left == LIMIT, "%d", left);
    }
  }

  /// Work that ends when all of it has started, or after 300 ms.
  private static final class Meeting implements Work {
    private final Gauge running = new Gauge();
    private final List<CompletableFuture<@Nullable Integer>> there = new ArrayList<>();

    @Override
    public CompletableFuture<@Nullable Integer> start(int item) {
      var mine = new CompletableFuture<@Nullable Integer>();
      mine.completeOnTimeout(item, 300, MILLISECONDS);
      running.enter(1);
      mine.whenComplete((_, _) -> running.leave(1));
      List<CompletableFuture<@Nullable Integer>> all;
      synchronized (there) {
        there.add(mine);
        all = there.size() == LIMIT ? List.copyOf(there) : List.of();
      }
      all.forEach(each -> each.complete(item));
      return mine;
    }
  }
}
