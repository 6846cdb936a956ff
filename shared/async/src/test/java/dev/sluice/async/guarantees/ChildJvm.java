package dev.sluice.async.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program in a JVM of its own, with a small heap.
final class ChildJvm {
  /// On each test that starts one: the mutation run leaves them out, for a JVM of its own does not
  /// see the mutant.
  static final String TAG = "child-jvm";

  private ChildJvm() {}

  /// What it printed; fails if it did not end well within two minutes.
  static String run(String heap, Class<?> program) throws Exception {
    var said = Files.createTempFile("sluice-child", ".txt");
    try {
      var process =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      heap,
                      "-XX:+UseSerialGC",
                      "-XX:+ExitOnOutOfMemoryError",
                      "-cp",
                      System.getProperty(
                          "surefire.test.class.path", System.getProperty("java.class.path")),
                      program.getName()))
              .redirectError(ProcessBuilder.Redirect.INHERIT) // on a busy machine a stall is said
              .redirectOutput(said.toFile())
              .start();
      try {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("it must end").isTrue();
      } finally {
        process.destroyForcibly();
      }
      var output = Files.readString(said).strip();
      assertThat(process.exitValue()).as(output).isZero();
      return output;
    } finally {
      Files.delete(said);
    }
  }
}
