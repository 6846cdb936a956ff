package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A driver sleeps when there is nothing to do, and what ends wakes it.
class ParkingTest {
  private final CompletableFuture<Integer> work = new CompletableFuture<>();
  private final FanOut<Integer, Integer> fanOut = FanOut.of((_, _) -> work);

  @Test
  void aCallerIsWoken() throws Exception {
    assertThat(ofADriverThatSleeps(() -> fanOut.forEach(List.of(1), _ -> {}).succeeded()))
        .isEqualTo(1);
  }

  @Test
  void aReaderIsWoken() throws Exception {
    assertThat(ofADriverThatSleeps(() -> fanOut.open(List.of(1)).next()))
        .isEqualTo(new Outcome.Success<>(1, 7));
  }

  /// What the task gives when its thread was seen asleep before the work ended.
  private <V> V ofADriverThatSleeps(Callable<V> task) throws Exception {
    var driven = new FutureTask<>(task);
    var driver = Thread.ofPlatform().daemon().start(driven);
    var patience = Deadline.in(Duration.ofSeconds(20));
    var asleep = EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);
    while (!asleep.contains(driver.getState())) {
      assertThat(patience.hasPassed()).as("it never sleeps").isFalse();
      Thread.onSpinWait();
    }
    work.complete(7);
    return driven.get(20, TimeUnit.SECONDS);
  }
}
