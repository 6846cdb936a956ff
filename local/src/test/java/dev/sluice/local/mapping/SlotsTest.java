package dev.sluice.local.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlotsTest {
  private final Slots slots = new Slots(8);
  private long now;

  /// How many can be taken at once, now.
  private int free() {
    var taken = 0;
    while (slots.untilFree(now) == 0) {
      slots.take();
      taken++;
    }
    for (var i = 0; i < taken; i++) {
      slots.unused();
    }
    return taken;
  }

  private void invocation(boolean error) {
    slots.take();
    slots.ended(error, now);
  }

  private Duration pause() {
    return Duration.ofNanos(slots.untilFree(now));
  }

  @Test
  void noMoreThanTheTemplateAllowsAreTaken() {
    assertThat(free()).isEqualTo(8);

    for (var i = 0; i < 8; i++) {
      slots.take();
    }

    assertThat(slots.untilFree(now)).isEqualTo(Long.MAX_VALUE);
    slots.ended(false, now);
    assertThat(free()).isEqualTo(1);
  }

  @Test
  void eachErrorHalvesWhatIsAllowedDownToOne() {
    for (var expected : new int[] {4, 2, 1, 1}) {
      invocation(true);
      now += Duration.ofSeconds(5).toNanos();

      assertThat(free()).isEqualTo(expected);
    }
  }

  @Test
  void theDelayDoublesWithEachErrorInARowUpToFiveSeconds() {
    for (var millis : new int[] {100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000}) {
      invocation(true);

      assertThat(pause()).isEqualTo(Duration.ofMillis(millis));
      now += pause().toNanos();
    }
  }

  @Test
  void aThousandErrorsInARowWaitNoLongerThanTen() {
    for (var i = 0; i < 1_000; i++) {
      invocation(true);
    }

    assertThat(pause()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aSuccessEndsTheDelayAndAllowsOneMoreUpToTheMost() {
    invocation(true);
    invocation(true);

    for (var expected : new int[] {3, 4, 5, 6, 7, 8, 8}) {
      invocation(false);

      assertThat(pause()).isZero();
      assertThat(free()).isEqualTo(expected);
    }
  }

  @Test
  void whatRunsWhenAnErrorComesRunsOnAndNothingIsAddedUntilItIsBelowTheLimit() {
    for (var i = 0; i < 8; i++) {
      slots.take();
    }

    slots.ended(true, now); // 4 are allowed, 7 run
    now += Duration.ofSeconds(5).toNanos();

    assertThat(slots.untilFree(now)).isEqualTo(Long.MAX_VALUE);
    for (var i = 0; i < 4; i++) {
      slots.unused();
    }
    assertThat(free()).isEqualTo(1);
  }
}
