package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two jobs of one stack, in a process of their own.
@Timeout(180)
class FairRunIT {
  @TempDir Path work;

  @Test
  void whatASmallJobTakesAloneAndBehindALargeOneIsPrinted() throws Exception {
    var out = new ByteArrayOutputStream();
    try (var started = new Processes();
        var print = new PrintStream(out, true, UTF_8)) {
      FairRun.run(Path.of("..", ".."), new Shape(1_000, 100, 0, 1), work, started, print);
    }

    assertThat(out.toString(UTF_8))
        .containsPattern("(?m)^small job alone, fetched +[1-9][0-9]*\\.[0-9] s$")
        .containsPattern("(?m)^small job alone, whole +[1-9][0-9]*\\.[0-9] s$")
        .containsPattern("(?m)^  behind the large one +[1-9][0-9]*\\.[0-9] s$")
        .containsPattern("(?m)^rows of the large job, before +[1-9][0-9]{2}$");
  }
}
