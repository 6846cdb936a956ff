package dev.sluice.async;

import static java.util.regex.Pattern.MULTILINE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Send boundary, as a user meets it: a project with this library alone on its class path, and
/// Error Prone in its compiler.
class SendBoundaryTest {
  /// The classes of the project. One compiler, which takes seconds to start, compiles all.
  private enum User {
    CAPTURES_A_STRING("String prefix = \"a\"; FanOut.onCpu((String page) -> prefix + page);"),
    CAPTURES_A_LIST(
        "List<String> seen = new ArrayList<>(); FanOut.onCpu((String page) -> seen.add(page));"),
    TAKES_A_LIST("SendableTask<List<String>, Integer> count = page -> page.size();"),
    CAPTURES_AN_ARRAY("int[] sum = {0}; FanOut.onCpu((String page) -> sum[0]++);"),
    HAS_A_SINK_THAT_CAPTURES_A_LIST(
        "List<Object> seen = new ArrayList<>(); FanOut.onCpu((String page) -> page.length())"
            + ".startForEach(List.of(\"a\"), seen::add);");

    private final String statements;

    User(String statements) {
      this.statements = statements;
    }

    Path source() {
      return project.resolve(name() + ".java");
    }
  }

  @TempDir private static Path project;
  private static String said = "";

  @BeforeAll
  static void compileAll() throws Exception {
    var sources = new ArrayList<String>();
    for (var user : User.values()) {
      Files.writeString(
          user.source(),
          """
          import dev.sluice.async.*;
          import java.util.*;

          class %s {
            void use() {
              %s
            }
          }
          """
              .formatted(user, user.statements));
      sources.add(user.source().toString());
    }
    said = compile(sources);
  }

  @Test
  void aTaskThatCapturesNothingMutableCompiles() {
    assertThat(errors(User.CAPTURES_A_STRING)).isEmpty();
  }

  @Test
  void aTaskThatCapturesAMutableListDoesNot() {
    assertThat(errors(User.CAPTURES_A_LIST)).contains("[Immutable]").contains("seen");
  }

  @Test
  void aTaskWhoseItemIsMutableDoesNot() {
    assertThat(errors(User.TAKES_A_LIST)).contains("[Immutable]").contains("SendableTask");
  }

  @Test
  void aTaskThatCapturesAnArrayDoesNot() {
    assertThat(errors(User.CAPTURES_AN_ARRAY)).contains("[Immutable]");
  }

  /// Only the driver calls a sink, so it may capture mutable state.
  @Test
  void aSinkMayCaptureAList() {
    assertThat(errors(User.HAS_A_SINK_THAT_CAPTURES_A_LIST)).isEmpty();
  }

  /// The errors of the compiler for this class; empty if it compiles.
  private static String errors(User user) {
    var nextSource = Pattern.compile("^(?=" + Pattern.quote(project.toString()) + ")", MULTILINE);
    return nextSource
        .splitAsStream(said)
        .filter(each -> each.startsWith(user.source() + ":"))
        .collect(Collectors.joining());
  }

  private static String compile(List<String> sources) throws Exception {
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
            project.toString()));
    command.addAll(sources);
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    // 1 says that sources have errors; more, that the compiler broke.
    assertThat(process.exitValue()).isLessThan(2);
    return Files.readString(said);
  }

  private static String places(Class<?>... types) {
    return Stream.of(types)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
