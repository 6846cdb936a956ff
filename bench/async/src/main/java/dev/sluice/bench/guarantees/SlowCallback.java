package dev.sluice.bench.guarantees;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// How late do timeouts come while slow callbacks run? All inputs hang. The callback on the first
/// input's source, and its sink, hold their thread for 300 ms each. A timeout has reached an input
/// when its source is cancelled or the sink hears of it, whichever is first.
final class SlowCallback implements Question {
  private static final int COUNT = 16;
  private static final Duration TIMEOUT = Duration.ofMillis(60);
  private static final Duration SLOW = Duration.ofMillis(300);

  @Override
  public String text() {
    return "4 · how late another's timeout comes while the callbacks of one take 300 ms each";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var started = new AtomicLongArray(COUNT);
    var reached = new AtomicLongArray(COUNT);
    Work work =
        item -> {
          started.set(item, System.nanoTime());
          var source = new CompletableFuture<@Nullable Integer>();
          source.whenComplete((_, _) -> reached(reached, item));
          return source;
        };
    // The first input has started well before the others.
    var inputs =
        new Inputs(
            COUNT,
            item -> {
              if (item == 1) {
                Pause.stubborn(Duration.ofMillis(20));
              }
            });
    var workload =
        Workload.of(inputs, work, told -> reached(reached, told.item())).timeout(TIMEOUT);
    try (var limited = subject.limited(COUNT, PATIENCE)) {
      return limited
          .run(workload)
          .measured(_ -> {
            var worst = 0L;
            for (int item = 1; item < COUNT; item++) {
              if (reached.get(item) == 0) {
                return Cell.of(false, "never");
              }
              worst = Math.max(worst, reached.get(item) - started.get(item) - TIMEOUT.toNanos());
            }
            var millis = Duration.ofNanos(worst).toMillis();
            return Cell.of(millis < SLOW.toMillis() / 2, "%d ms", millis);
          });
    }
  }

  private static void reached(AtomicLongArray reached, int item) {
    reached.compareAndSet(item, 0, System.nanoTime());
    if (item == 0) {
      Pause.stubborn(SLOW);
    }
  }
}
