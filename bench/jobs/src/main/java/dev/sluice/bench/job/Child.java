package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process with a stack of its own, which ends with one JSON object on its standard output.
final class Child {
  private Child() {}

  /// Runs it to its end.
  ///
  /// @param work for its bucket, its temporary files and its output
  /// @param lists of URLs
  /// @throws IOException if it fails; it says why on standard error
  static <T extends Record> T answer(
      Processes started, Class<?> main, Class<T> answer, Path home, Path work, Path... lists)
      throws IOException, InterruptedException {
    var args = new ArrayList<String>();
    args.add(home.resolve("template.yaml").toString());
    args.add(Files.createDirectories(work.resolve("bucket")).toString());
    for (var list : lists) {
      args.add(list.toString());
    }
    var said = work.resolve("result.json");
    var tmp = Files.createDirectories(work.resolve("tmp"));
    var process =
        started.start(
            Processes.java(
                    List.of("-Xmx768m", "-Djava.io.tmpdir=" + tmp),
                    main,
                    args.toArray(String[]::new))
                .redirectOutput(said.toFile()));
    var status = process.waitFor();
    var lines = Files.readAllLines(said, UTF_8);
    if (status != 0 || lines.isEmpty()) {
      throw new IOException("the stack ended with status " + status);
    }
    return Json.read(answer, lines.getLast().getBytes(UTF_8));
  }
}
