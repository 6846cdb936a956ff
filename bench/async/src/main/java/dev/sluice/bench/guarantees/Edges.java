package dev.sluice.bench.guarantees;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How does the library take a limit of 0, a result of null, an operation that throws, an interrupt
/// of the caller?
final class Edges implements Question {
  @Override
  public String text() {
    return "12 · of 4: limit 0 refused, null a result, a throw a failure, an interrupt cancels";
  }

  @Override
  public Cell ask(Subject subject) throws InterruptedException {
    var wrong = new ArrayList<String>();
    if (!refusesZero(subject)) {
      wrong.add("limit 0 is taken");
    }
    if (!tells(subject, _ -> CompletableFuture.completedFuture(null), Told.How.SUCCEEDED)) {
      wrong.add("null is lost");
    }
    Work throwing =
        _ -> {
          throw new IllegalStateException("this one throws");
        };
    if (!tells(subject, throwing, Told.How.FAILED)) {
      wrong.add("a throw is lost");
    }
    if (!interruptCancels(subject)) {
      wrong.add("an interrupt cancels nothing");
    }
    var held = 4 - wrong.size();
    return Cell.of(
        wrong.isEmpty(), "%d%s", held, wrong.isEmpty() ? "" : ": " + String.join(", ", wrong));
  }

  private static boolean refusesZero(Subject subject) {
    try (var _ = subject.limited(0, PATIENCE)) {
      return false;
    } catch (RuntimeException refused) {
      return true;
    }
  }

  private static boolean tells(Subject subject, Work work, Told.How how)
      throws InterruptedException {
    var told = new ConcurrentLinkedQueue<Told>();
    try (var limited = subject.limited(1, PATIENCE)) {
      limited.run(Workload.of(Inputs.of(1), work, told::add));
    }
    return List.copyOf(told).equals(List.of(new Told(0, how)));
  }

  private static boolean interruptCancels(Subject subject) throws InterruptedException {
    var source = new CompletableFuture<@Nullable Integer>();
    var under = new CountDownLatch(1);
    Work hanging =
        _ -> {
          under.countDown();
          return source;
        };
    try (var limited = subject.limited(1, PATIENCE)) {
      var caller =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  limited.run(Workload.of(Inputs.of(1), hanging, _ -> {}));
                } catch (InterruptedException | RuntimeException _) {
                  // The source shows whether the interrupt cancelled it.
                }
              });
      under.await(1, TimeUnit.SECONDS);
      caller.interrupt();
      var over = caller.join(Duration.ofSeconds(1));
      return over && Pause.until(source::isCancelled, Duration.ofMillis(500));
    } finally {
      source.cancel(true); // releases a caller that still waits
    }
  }
}
