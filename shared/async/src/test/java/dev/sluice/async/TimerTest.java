package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimerTest {
  private static long in(Duration wait) {
    return Timer.SYSTEM.nanoTime() + wait.toNanos();
  }

  @Test
  void whatIsWithdrawnBeforeItsInstantIsGone() {
    var alarm = Timer.SYSTEM.at(in(Duration.ofDays(1)), () -> {});

    assertThat(alarm.cancel(false)).isTrue();
    assertThat(alarm.isCancelled()).isTrue();
  }

  @Test
  void anInstantThatHasPassedIsNow() throws Exception {
    var rung = new CountDownLatch(1);

    Timer.SYSTEM.at(in(Duration.ofDays(-1)), rung::countDown);

    assertThat(rung.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
