package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs `local/sam-invoke-all`, which says itself why it is skipped, and fails without Docker when
/// `SLUICE_REQUIRE_DOCKER=1`.
class SamIT {
  private static final String SKIPPED = "SKIPPED ";

  @Test
  void everyFunctionAnswersItsEventsInLambdasImage(@TempDir Path folder) throws Exception {
    var said = folder.resolve("said");
    var script = new ProcessBuilder(Path.of("sam-invoke-all").toAbsolutePath().toString());
    script.environment().put("JAVA_HOME", System.getProperty("java.home"));
    script.redirectErrorStream(true).redirectOutput(said.toFile());
    var process = script.start();
    try {
      assertThat(process.waitFor(15, TimeUnit.MINUTES)).as("it must end").isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }

    var output = Files.readString(said);
    if (output.startsWith(SKIPPED)) {
      abort(output.strip().substring(SKIPPED.length()));
    }
    assertThat(process.exitValue()).as(output).isZero();
    var answered = output.lines().filter(line -> line.matches(".* ok +[0-9.]+ s")).count();
    try (var files = Files.list(Path.of("..", "events"))) {
      assertThat(answered).as(output).isEqualTo(files.count() - 1); // env.json is no event
    }
  }
}
