package dev.sluice.bench.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.local.mapping.Invoked;
import dev.sluice.local.template.Template;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeterTest {
  private final Meter meter = new Meter();

  private void invoked(boolean fifo, Duration took, int messages, long characters) {
    meter.invoked(
        new Invoked(
            new Template.Function("F", "a.B::c", Duration.ofSeconds(30), 512, Map.of(), false),
            new Template.Queue("Q", fifo, null, null, 0),
            took,
            messages,
            characters,
            1));
  }

  @Test
  void memoryIsBilledByTheMillisecondThatHasBegun() {
    invoked(false, Duration.ofNanos(1_999_000_001), 1, 1);
    invoked(false, Duration.ofMillis(500), 1, 1);

    assertThat(meter.functions()).containsOnly(Map.entry("F", new Meter.FunctionUse(2, 1.25)));
  }

  @Test
  void anEventTakesAReceiveAndADeleteForEachTen() {
    invoked(true, Duration.ofMillis(1), 1, 100);
    invoked(true, Duration.ofMillis(1), 10, 100);
    invoked(false, Duration.ofMillis(1), 11, 100);

    assertThat(meter.polls())
        .containsOnly(Map.entry("sqs.fifo", 4L), Map.entry("sqs.standard", 4L));
  }

  @Test
  void aReceiveIsBilledForEach64KilobytesThatHaveBegun() {
    invoked(false, Duration.ofMillis(1), 3, 64 * 1024 + 1);

    assertThat(meter.polls()).containsOnly(Map.entry("sqs.standard", 3L));
  }
}
