package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClockworkTest {
  private static long in(Duration wait) {
    return Clockwork.SYSTEM.nanoTime() + wait.toNanos();
  }

  @Test
  void whatIsWithdrawnBeforeItsInstantIsGone() {
    var alarm = Clockwork.SYSTEM.at(in(Duration.ofDays(1)), () -> {});

    assertThat(alarm.cancel(false)).isTrue();
    assertThat(alarm.isCancelled()).isTrue();
  }

  @Test
  void anInstantThatHasPassedIsNow() throws Exception {
    var rung = new CountDownLatch(1);

    Clockwork.SYSTEM.at(in(Duration.ofDays(-1)), rung::countDown);

    assertThat(rung.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
