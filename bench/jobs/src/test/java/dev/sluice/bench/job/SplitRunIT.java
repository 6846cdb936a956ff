package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Start and split on the embedded servers, in a process of their own.
@Timeout(180)
class SplitRunIT {
  @TempDir Path work;

  @Test
  void everyLineComesThroughOnceAndThatIsPrinted() throws Exception {
    var out = new ByteArrayOutputStream();
    try (var started = new Processes();
        var print = new PrintStream(out, true, UTF_8)) {
      assertThat(SplitRun.run(Path.of("..", ".."), 3_000, 7, Duration.ZERO, work, started, print))
          .isTrue();
    }

    assertThat(out.toString(UTF_8))
        .containsPattern("(?m)^lines received, each once +3,000$")
        .containsPattern("(?m)^lines missing or twice +0$")
        .containsPattern("(?m)^invocations in one chain +1$");
  }

  @Test
  void whatLiesBeforeAConsumerThatStandsStillIsPrintedOverTime() throws Exception {
    var out = new ByteArrayOutputStream();
    try (var started = new Processes();
        var print = new PrintStream(out, true, UTF_8)) {
      var still = Duration.ofSeconds(5);
      assertThat(SplitRun.run(Path.of("..", ".."), 3_000, 7, still, work, started, print)).isTrue();
    }

    assertThat(out.toString(UTF_8))
        .containsPattern("(?m)^ +0 s +\\d+ +\\d+ MB$")
        .containsPattern("(?m)^ +5 s +[1-9]\\d* +\\d+ MB$")
        .containsPattern("(?m)^lines received, each once +3,000$");
  }
}
