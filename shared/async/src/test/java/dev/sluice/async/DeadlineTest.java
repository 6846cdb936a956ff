package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private long now = 1_000;

  private Deadline in(Duration left) {
    return Deadline.in(left, () -> now);
  }

  @Test
  void itPassesAtItsInstantAndNotBefore() {
    var deadline = in(Duration.ofNanos(10));

    now += 9;
    assertThat(deadline.hasPassed()).isFalse();
    assertThat(deadline.left()).isEqualTo(Duration.ofNanos(1));
    now += 1;
    assertThat(deadline.hasPassed()).isTrue();
    now += 1;
    assertThat(deadline.left()).isZero();
  }

  @Test
  void whatIsBeyondAllClocksNeverPassesOrHasPassed() {
    assertThat(in(Duration.ofDays(1_000_000))).isSameAs(Deadline.NEVER);
    assertThat(in(Duration.ofDays(-1_000_000)).hasPassed()).isTrue();
    assertThat(Deadline.NEVER.minus(Duration.ofDays(1_000_000))).isSameAs(Deadline.NEVER);
    assertThat(Deadline.NEVER.hasPassed()).isFalse();
  }

  @Test
  void aReserveBringsItForward() {
    assertThat(in(Duration.ofNanos(10)).minus(Duration.ofNanos(4)).left())
        .isEqualTo(Duration.ofNanos(6));
    assertThatThrownBy(() -> Deadline.NEVER.minus(Duration.ofNanos(-1)))
        .hasMessage("reserve must not be negative, got PT-0.000000001S");
  }

  @Test
  void theEarlierOfTwoPassesFirst() {
    var soon = in(Duration.ofNanos(10));
    var later = in(Duration.ofNanos(11));
    var alike = in(Duration.ofNanos(10));

    assertThat(soon.earlier(later)).isSameAs(soon);
    assertThat(later.earlier(soon)).isSameAs(soon);
    assertThat(soon.earlier(alike)).isSameAs(soon);
    assertThat(soon.earlier(Deadline.NEVER)).isSameAs(soon);
    assertThat(Deadline.NEVER.earlier(soon)).isSameAs(soon);
  }

  @Test
  void itSaysWhatIsLeft() {
    assertThat(in(Duration.ofSeconds(2))).hasToString("in PT2S");
    assertThat(Deadline.NEVER).hasToString("never");
  }
}
