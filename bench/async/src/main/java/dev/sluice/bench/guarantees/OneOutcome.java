package dev.sluice.bench.guarantees;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Does the sink hear once of each input, if some succeed, fail, throw before there is a stage, and
/// hang past their timeout?
final class OneOutcome implements Question {
  private static final int COUNT = 400;

  @Override
  public String text() {
    return "1 · inputs told of exactly once, and rightly, when some fail, throw and hang";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var cell = ask(subject, 4);
    // A library without timeouts gets no input that hangs, and is asked about the others.
    return cell instanceof Cell.HasNone ? ask(subject, 3) : cell;
  }

  private static Cell ask(Subject subject, int kinds) throws InterruptedException {
    var told = new ConcurrentLinkedQueue<Told>();
    var workload = Workload.of(Inputs.of(COUNT), item -> start(item % kinds), told::add);
    try (var limited = subject.limited(40, PATIENCE)) {
      var result = limited.run(kinds == 4 ? workload.timeout(Duration.ofMillis(200)) : workload);
      return result.measured(_ -> {
        var once = told.stream().collect(Collectors.groupingBy(Told::item, Collectors.counting()));
        var right =
            told.stream()
                .filter(each ->
                    once.getOrDefault(each.item(), 0L) == 1
                        && each.how() == how(each.item() % kinds))
                .count();
        var without = kinds == 4 ? "" : ", none of them hanging";
        return Cell.of(right == COUNT, "%d of %d%s", right, COUNT, without);
      });
    }
  }

  private static CompletableFuture<@Nullable Integer> start(int kind) {
    return switch (kind) {
      case 0 -> CompletableFuture.supplyAsync(() -> kind, Pause.threads());
      case 1 -> CompletableFuture.failedFuture(new IllegalStateException("this one fails"));
      case 2 -> throw new IllegalStateException("this one throws");
      // The source ends by itself after a second, so that it holds up no later input where no
      // timeout reaches it.
      default -> new CompletableFuture<@Nullable Integer>().completeOnTimeout(kind, 1, SECONDS);
    };
  }

  private static Told.How how(int kind) {
    return switch (kind) {
      case 0 -> Told.How.SUCCEEDED;
      case 1, 2 -> Told.How.FAILED;
      default -> Told.How.TIMED_OUT;
    };
  }
}
