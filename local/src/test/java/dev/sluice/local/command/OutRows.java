package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.edge.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /// All files under a folder.
  static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
