package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--lines 0 | --lines must be from 1 to 1000000, got 0",
        "--hosts 5001 | --hosts must be from 1 to 5000, got 5001",
        "--hang -1 | --hang must be from 0 to 1000000, got -1",
        "--lines 5 --largest 6 | --largest must be from 0 to 5, got 6",
        "--hosts 1 --largest 6 | --largest must be from 0 to 0, got 6",
        "--timeout banana | --timeout must be a whole number and ms, s, m or h, as 500ms or 5s,"
            + " got banana",
        "--per-host-delay 5 | --per-host-delay must be a whole number and ms, s, m or h, as 500ms"
            + " or 5s, got 5",
        "--stage fetch | --stage must be one of split, depth, price, fair, got fetch",
        "--redirects | --redirects goes with --stage price",
        "--out / | --out must be a folder that is not there yet, got /",
        "--lines many | Invalid value for option '--lines': 'many' is not an int",
        "--frobnicate | Unknown option: '--frobnicate'"
      })
  void aBadOptionIsOneLineAndStatus2(String args, String sentence) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();

    var status =
        Main.execute(
            Path.of("nowhere"),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            args.split(" ", -1));

    assertThat(status).isEqualTo(2);
    assertThat(err.toString(UTF_8)).isEqualTo("bench/job: " + sentence + "\n");
    assertThat(out.toString(UTF_8)).isEmpty();
  }
}
