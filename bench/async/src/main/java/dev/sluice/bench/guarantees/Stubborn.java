package dev.sluice.bench.guarantees;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Work that no cancel stops, as a computation or a driver of a database. It counts itself in the
/// gauge.
record Stubborn(Gauge running, Duration each) implements Work {
  @Override
  public CompletableFuture<@Nullable Integer> start(int item) {
    running.enter(1);
    return CompletableFuture.supplyAsync(() -> hold(item), Pause.threads());
  }

  @Override
  public @Nullable Integer call(int item) {
    running.enter(1);
    return hold(item);
  }

  private @Nullable Integer hold(int item) {
    try {
      Pause.stubborn(each);
      return item;
    } finally {
      running.leave(1);
    }
  }

  @Override
  public boolean stops() {
    return false;
  }
}
