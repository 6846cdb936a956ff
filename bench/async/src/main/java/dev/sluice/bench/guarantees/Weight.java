package dev.sluice.bench.guarantees;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Inputs that weigh 1 to 5 under a limit of 10, and one that weighs 11.
final class Weight implements Question {
  private static final int LIMIT = 10;
  private static final int COUNT = 40;
  private static final Duration AT_ONCE = Duration.ofMillis(300);

  @Override
  public String text() {
    return "11 · most weight that ran at a limit of 10; what weighs 11 is told of after";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var running = new Gauge();
    var pulled = new AtomicLong();
    var refused = new AtomicLong(-1);
    IntUnaryOperator weight = item -> item == COUNT - 1 ? LIMIT + 1 : item % 5 + 1;
    var delayed = CompletableFuture.delayedExecutor(10, MILLISECONDS, Pause.threads());
    Work work =
        item -> {
          running.enter(weight.applyAsInt(item));
          return CompletableFuture.<@Nullable Integer>supplyAsync(
              () -> {
                running.leave(weight.applyAsInt(item));
                return item;
              },
              delayed);
        };
    var inputs =
        new Inputs(
            COUNT,
            item -> {
              if (item == COUNT - 1) {
                pulled.set(System.nanoTime());
              }
            });
    var plan =
        Plan.of(
                inputs,
                work,
                told -> {
                  if (told.item() == COUNT - 1 && told.how() == Told.How.NOT_STARTED) {
                    refused.set(Pause.since(pulled.get()).toMillis());
                  }
                })
            .weight(weight);
    try (var limited = subject.limited(LIMIT, Duration.ofSeconds(2))) {
      return limited
          .run(plan)
          .measured(_ -> {
            var atOnce = refused.get() >= 0 && refused.get() < AT_ONCE.toMillis();
            return Cell.of(
                running.peak() <= LIMIT && atOnce,
                "%d; %s",
                running.peak(),
                refused.get() < 0 ? "never" : refused + " ms");
          });
    }
  }
}
