package dev.sluice.bench.guarantees;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Do two runs at once keep a limit of 10 that they share, and refuse an input that is too heavy?
/// Inputs weigh 1 to 5; the last of each run weighs 11.
final class Weight implements Question {
  private static final int LIMIT = 10;
  private static final int COUNT = 30;
  private static final Duration WAIT = Duration.ofSeconds(1);
  private static final Duration AT_ONCE = Duration.ofMillis(300);

  @Override
  public String text() {
    return "11 · most weight of two runs that share a limit of 10; time until an input of weight 11"
        + " is refused";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var running = new Gauge();
    var refusedMillis = new AtomicLong(-1);
    try (var limited = subject.limited(LIMIT, WAIT)) {
      var other = Thread.startVirtualThread(() -> runQuietly(limited, workload(running, _ -> {})));
      var result = limited.run(workload(running, refusedMillis::set));
      other.join();
      return result.measured(_ -> {
        var millis = refusedMillis.get();
        return Cell.of(
            running.peak() <= LIMIT && millis >= 0 && millis < AT_ONCE.toMillis(),
            "%d; %s",
            running.peak(),
            millis < 0 ? "never" : millis + " ms");
      });
    }
  }

  private static void runQuietly(Subject.Limited limited, Workload workload) {
    try {
      limited.run(workload);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static Workload workload(Gauge running, LongConsumer refusedMillis) {
    var pulled = new AtomicLong();
    return Workload.of(
            new Inputs(
                COUNT, _ -> pulled.set(System.nanoTime())), // the instant of the last pull stays
            item -> work(running, item),
            told -> {
              if (told.item() == COUNT - 1 && told.how() == Told.How.NOT_STARTED) {
                refusedMillis.accept(Pause.since(pulled.get()).toMillis());
              }
            })
        .weight(Weight::of);
  }

  private static int of(int item) {
    return item == COUNT - 1 ? LIMIT + 1 : item % 5 + 1;
  }

  private static CompletableFuture<@Nullable Integer> work(Gauge running, int item) {
    running.enter(of(item));
    return CompletableFuture.supplyAsync(
        () -> {
          running.leave(of(item));
          return item;
        },
        CompletableFuture.delayedExecutor(10, MILLISECONDS, Pause.threads()));
  }
}
