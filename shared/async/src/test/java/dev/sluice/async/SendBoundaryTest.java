package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Send boundary, as a user meets it: a project with this library alone on its class path, and
/// Error Prone in its compiler.
class SendBoundaryTest {
  @TempDir Path project;

  @Test
  void aTaskThatCapturesNothingMutableCompiles() throws Exception {
    assertThat(compile("String prefix = \"a\"; FanOut.onCpu((String page) -> prefix + page);"))
        .isEmpty();
  }

  @Test
  void aTaskThatCapturesAMutableListDoesNot() throws Exception {
    assertThat(
            compile(
                "List<String> seen = new ArrayList<>();"
                    + " FanOut.onCpu((String page) -> seen.add(page));"))
        .contains("[Immutable]")
        .contains("seen");
  }

  @Test
  void aTaskWhoseItemIsMutableDoesNot() throws Exception {
    assertThat(compile("SendableTask<List<String>, Integer> count = page -> page.size();"))
        .contains("[Immutable]")
        .contains("SendableTask");
  }

  @Test
  void aTaskThatCapturesAnArrayDoesNot() throws Exception {
    assertThat(compile("int[] sum = {0}; FanOut.onCpu((String page) -> sum[0]++);"))
        .contains("[Immutable]");
  }

  /// What is called by the driver alone may capture what it likes.
  @Test
  void aSinkMayCaptureAList() throws Exception {
    assertThat(
            compile(
                "List<Object> seen = new ArrayList<>();"
                    + " FanOut.onCpu((String page) -> page.length())"
                    + ".startForEach(List.of(\"a\"), seen::add);"))
        .isEmpty();
  }

  /// The errors of the compiler; empty if it compiles.
  private String compile(String statements) throws Exception {
    var source = project.resolve("User.java");
    Files.writeString(
        source,
        """
        import dev.sluice.async.*;
        import java.util.*;

        class User {
          void use() {
            %s
          }
        }
        """
            .formatted(statements));
    var said = project.resolve("said.txt");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "javac").toString());
    for (var opened :
        List.of(
            "api",
            "code",
            "comp",
            "file",
            "main",
            "model",
            "parser",
            "processing",
            "tree",
            "util")) {
      var how = opened.equals("code") || opened.equals("comp") ? "opens" : "exports";
      command.add(
          "-J--add-" + how + "=jdk.compiler/com.sun.tools.javac." + opened + "=ALL-UNNAMED");
      command.add("-J--add-exports=jdk.compiler/com.sun.tools.javac." + opened + "=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            "-XDcompilePolicy=simple",
            "--should-stop=ifError=FLOW",
            "-Xplugin:ErrorProne -XepDisableAllChecks -Xep:Immutable:ERROR",
            "-processorpath",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "-proc:none",
            "-classpath",
            places(FanOut.class, NullMarked.class),
            "-d",
            project.toString(),
            source.toString()));
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue() == 0 ? "" : Files.readString(said);
  }

  private static String places(Class<?>... types) {
    return Stream.of(types)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
