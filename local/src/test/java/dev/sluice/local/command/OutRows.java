package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// What lies in a folder after a run, read without any code of Sluice but its JSON.
final class OutRows {
  private OutRows() {}

  /// All rows of a job, in no order.
  static List<JsonNode> of(Path out, String job) throws IOException {
    var rows = new ArrayList<JsonNode>();
    for (var file : files(out.resolve("rows").resolve(job))) {
      try (var lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          rows.add(Json.tree(line));
        }
      }
    }
    return rows;
  }

  /// Their line numbers, sorted; one that has two rows is there twice.
  static List<Long> lines(Path out, String job) throws IOException {
    return of(out, job).stream().map(row -> row.path("line").asLong()).sorted().toList();
  }

  /// All files under a folder; one that is given its name meanwhile may be missing.
  static List<Path> files(Path folder) throws IOException {
    var all = new ArrayList<Path>();
    if (Files.isDirectory(folder)) {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
              all.add(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return all;
  }
}
