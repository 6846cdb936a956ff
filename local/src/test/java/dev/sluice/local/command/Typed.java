package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/// What a command that was typed here wrote, and how it ended.
record Typed(int status, String out, String err) {
  static final Path TEMPLATE = Path.of("..", "template.yaml");

  /// Runs it in this JVM; standard error is no terminal.
  static Typed sluice(String... words) {
    return sluice(new byte[0], new Interruption(), words);
  }

  static Typed sluice(byte[] in, Interruption interruption, String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console =
        new Console(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            new ByteArrayInputStream(in),
            0,
            "./sluice");
    var status = Main.execute(TEMPLATE, console, interruption, words);
    return new Typed(status, out.toString(UTF_8), err.toString(UTF_8));
  }

  List<String> lines() {
    return out.lines().toList();
  }

  /// The last line on standard output.
  JsonNode json() {
    return Json.tree(lines().getLast());
  }
}
