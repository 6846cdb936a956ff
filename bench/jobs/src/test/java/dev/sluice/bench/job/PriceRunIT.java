package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A whole job on the embedded servers, in a process of its own.
@Timeout(180)
class PriceRunIT {
  @TempDir Path work;

  @Test
  void aBillNamesAllThatCostsAndItsSum() throws Exception {
    var out = new ByteArrayOutputStream();
    try (var started = new Processes();
        var print = new PrintStream(out, true, UTF_8)) {
      var shape = new Shape(40, 4, 0, 1);
      assertThat(PriceRun.run(Path.of("..", ".."), shape, true, work, started, print)).isTrue();
    }

    assertThat(out.toString(UTF_8))
        .containsPattern("(?m)^stored +40$")
        .containsPattern("(?m)^redirects at the server +40$")
        .containsPattern("(?m)^GB-seconds, Fetch +[1-9]")
        .containsPattern("(?m)^invocations, Start +25\\.000 ")
        .containsPattern("(?m)^requests, s3\\.get +[1-9]")
        .containsPattern("(?m)^requests, s3\\.put +[1-9]")
        .containsPattern("(?m)^requests, sqs\\.fifo +[1-9]")
        .containsPattern("(?m)^requests, sqs\\.standard +[1-9]")
        .containsPattern("(?m)^sum +[1-9][0-9]*\\.[0-9]{2}$");
  }
}
