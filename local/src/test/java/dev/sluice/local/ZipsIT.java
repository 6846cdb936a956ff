package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The zips of the functions, as the build has made them.
class ZipsIT {
  @ParameterizedTest
  @ValueSource(
      strings = {"submit", "split", "fetch", "extract", "report", "undeliverable", "sweep"})
  void aZipHoldsWhatRunsOnLambdaAndNoTwin(String function) throws IOException {
    var built = Path.of("..", "functions", function, "target", function + ".zip");

    try (var zip = new ZipFile(built.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getName))
          .contains("dev/sluice/" + function + "/")
          .anyMatch(name -> name.startsWith("lib/sluice-edge-"))
          .noneMatch(name -> name.matches("lib/(sluice-(memory|local|bench)|junit|assertj).*"));
    }
  }
}
