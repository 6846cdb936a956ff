package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.Json;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/// Reads every row of a job and holds it against the list, the pages and the books that the command
/// printed. It believes neither and counts for itself.
final class Check {
  private final Shape shape;
  private final List<String> lines;
  private final Map<String, Long> lengths;

  private final int[] rowsOf;
  private final Map<String, Long> outcomes = new TreeMap<>();
  private final Map<String, Long> faults = new TreeMap<>();
  private final int[] storedMillis;
  private int stored;
  private long rows;
  private long bytes;
  private long attempts;
  private final Map<String, Wrong> wrong = new LinkedHashMap<>();

  private static final class Wrong {
    private final String first;
    private long times;

    Wrong(String first) {
      this.first = first;
    }
  }

  /// The result of the check.
  ///
  /// @param wrong a sentence for each kind of thing that is wrong; empty if nothing is
  /// @param attempts of all rows
  /// @param medianMillis of `took_ms.total` over the stored rows
  /// @param highestMillis of the same
  record CheckResult(
      List<String> wrong, long rows, long attempts, int medianMillis, int highestMillis) {}

  /// @param lines the list
  /// @param pages that the URLs name
  Check(Shape shape, List<String> lines, JavadocPages pages) {
    this.shape = shape;
    this.lines = lines;
    lengths = new TreeMap<>();
    pages.all().forEach(page -> lengths.put(page.path(), page.length()));
    rowsOf = new int[lines.size() + 1];
    storedMillis = new int[lines.size()];
  }

  /// Takes all rows that lie under this folder.
  ///
  /// @param bucket the folder that holds `rows/{job}/{part}/….jsonl.gz`
  void rows(Path bucket) throws IOException {
    var folder = bucket.resolve("rows");
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var all = Files.walk(folder, 3)) {
      for (var file : all.filter(path -> path.toString().endsWith(".jsonl.gz")).toList()) {
        try (var in =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file))),
                    UTF_8))) {
          for (var line = in.readLine(); line != null; line = in.readLine()) {
            row(Json.tree(line), bucket.relativize(file).toString());
          }
        }
      }
    }
  }

  /// Takes one row.
  ///
  /// @param where it was found
  void row(JsonNode row, String where) {
    rows++;
    bytes += row.path("bytes_wire").asLong();
    attempts += row.path("attempts").asLong();
    outcomes.merge(row.path("outcome").asText(), 1L, Long::sum);
    if (row.path("fault").isTextual()) {
      faults.merge(row.path("fault").asText(), 1L, Long::sum);
    }
    var line = row.path("line").asInt();
    if (line < 1 || line > lines.size()) {
      wrong("rows of a line that the list does not have", "line " + line + " in " + where);
      return;
    }
    if (++rowsOf[line] == 2) {
      wrong("lines with more than one row", at(line) + ", again in " + where);
    }
    if (!row.path("url").asText().equals(lines.get(line - 1))) {
      wrong("rows with the URL of another line", at(line) + " has " + row.path("url"));
    }
    if (shape.hangs(line)) {
      hanging(row, line);
    } else {
      page(row, line);
    }
  }

  private void hanging(JsonNode row, int line) {
    var isTimeout = row.path("outcome").asText().equals("failed");
    isTimeout &= row.path("fault").asText().equals("timeout");
    if (!isTimeout || !row.path("detail").asText().contains("first_byte")) {
      wrong(
          "hanging URLs that are not failed/timeout in first_byte",
          at(line) + " is " + ending(row));
    }
  }

  private void page(JsonNode row, int line) {
    if (!row.path("outcome").asText().equals("stored")
        || row.path("fetch_status").asInt() != 200
        || row.path("content_truncated").isTextual()) {
      wrong("pages that are not stored whole", at(line) + " is " + ending(row));
      return;
    }
    storedMillis[stored++] = row.path("took_ms").path("total").asInt();
    var length = lengths.get(path(lines.get(line - 1)));
    if (length == null || row.path("bytes_body").asLong() != length) {
      wrong(
          "pages stored with another length",
          at(line) + " has " + row.path("bytes_body") + " bytes, its file " + length);
    }
  }

  private static String path(String url) {
    var from = url.indexOf('/', "http://".length());
    var to = url.indexOf('?');
    return url.substring(from, to < 0 ? url.length() : to);
  }

  private String at(int line) {
    return "line " + line + " (" + lines.get(line - 1) + ")";
  }

  private static String ending(JsonNode row) {
    return row.path("outcome").asText()
        + "/"
        + row.path("fault").asText()
        + ", status "
        + row.path("fetch_status").asText()
        + ", truncated "
        + row.path("content_truncated").asText()
        + ": "
        + row.path("detail").asText();
  }

  private void wrong(String kind, String example) {
    wrong.computeIfAbsent(kind, _ -> new Wrong(example)).times++;
  }

  /// Compares all that was taken with the books.
  ///
  /// @param books the JSON of `sluice run --json`
  CheckResult against(JsonNode books) {
    for (var line = 1; line <= lines.size(); line++) {
      if (rowsOf[line] == 0) {
        wrong("lines without a row", at(line));
      }
    }
    same("accepted", lines.size(), books);
    for (var outcome : List.of("stored", "failed", "refused", "duplicate")) {
      same(outcome, outcomes.getOrDefault(outcome, 0L), books);
    }
    same("pending", 0, books);
    same("bytes", bytes, books);
    var told = new TreeMap<String, Long>();
    books.path("faults").properties().forEach(f -> told.put(f.getKey(), f.getValue().asLong()));
    if (!told.equals(faults)) {
      wrong("books that differ from the rows", "faults are " + told + ", counted " + faults);
    }
    if (!books.path("balanced").asBoolean()) {
      wrong("books that differ from the rows", "balanced is " + books.path("balanced"));
    }
    Arrays.sort(storedMillis, 0, stored);
    return new CheckResult(
        sentences(),
        rows,
        attempts,
        stored == 0 ? 0 : storedMillis[stored / 2],
        stored == 0 ? 0 : storedMillis[stored - 1]);
  }

  private void same(String name, long counted, JsonNode books) {
    var told = books.path(name);
    if (!told.isIntegralNumber() || told.asLong() != counted) {
      wrong("books that differ from the rows", name + " is " + told + ", counted " + counted);
    }
  }

  private List<String> sentences() {
    var sentences = new ArrayList<String>();
    wrong.forEach((kind, of) -> sentences.add(of.times + " " + kind + ", the first: " + of.first));
    return sentences;
  }
}
