package dev.sluice.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AmountTest {
  @Test
  void aDurationIsShownInTheUnitsItIsTypedIn() {
    assertThat(Amount.text(Duration.ofMillis(500))).isEqualTo("500ms");
    assertThat(Amount.text(Duration.ofMillis(1_500))).isEqualTo("1500ms");
    assertThat(Amount.text(Duration.ofSeconds(20))).isEqualTo("20s");
    assertThat(Amount.text(Duration.ofSeconds(3_723))).isEqualTo("1h2m3s");
    assertThat(Amount.text(Duration.ZERO)).isEqualTo("0s");
  }

  @Test
  void bytesAreShownInThreeDigits() {
    assertThat(Amount.ofBytes(0)).isEqualTo("0 B");
    assertThat(Amount.ofBytes(999)).isEqualTo("999 B");
    assertThat(Amount.ofBytes(1_000)).isEqualTo("1.0 KB");
    assertThat(Amount.ofBytes(1_258_291)).isEqualTo("1.2 MB");
    assertThat(Amount.ofBytes(337 << 10)).isEqualTo("337 KB");
  }

  @Test
  void whatIsTypedIsReadInItsUnit() {
    assertThat(new Amount.OfTime().convert("2h")).isEqualTo(Duration.ofHours(2));
    assertThat(new Amount.OfBytes().convert("64KB")).isEqualTo(64L << 10);
    assertThat(new Amount.OfBytes().convert("32mb")).isEqualTo(32L << 20);
  }
}
