package dev.sluice.local.pipeline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.Json;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ObjectStore;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;

/// What a job left in the store, read without the code that wrote it, and what is wrong with it.
final class Job {
  private final ObjectStore store;
  private final JobId job;
  private final List<JsonNode> rows = new ArrayList<>();

  Job(ObjectStore store, JobId job) throws IOException {
    this.store = store;
    this.job = job;
    for (var entry : entries()) {
      try (var lines =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(new ByteArrayInputStream(bytes(entry.key()))), UTF_8))) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          rows.add(Json.tree(line));
        }
      }
    }
  }

  private List<ObjectStore.StoredObject> entries() {
    var entries = new ArrayList<ObjectStore.StoredObject>();
    ObjectStore.Listing page;
    do {
      page =
          store.list(Keys.rowsPrefix(job), entries.isEmpty() ? "" : entries.getLast().key()).join();
      entries.addAll(page.entries());
    } while (page.more());
    return entries;
  }

  private byte[] bytes(String key) {
    return store
        .get(key)
        .join()
        .orElseThrow(() -> new IllegalStateException(key + " is missing"))
        .bytes();
  }

  /// How long its state says that split was held back.
  Duration heldBack() {
    var state = Json.tree(new String(bytes(Keys.ledger(job)), UTF_8));
    return Duration.ofMillis(state.path("books").path("hold").path("millis").asLong());
  }

  /// Whether its state says that a part of the list was not read.
  boolean isUnread() {
    return Json.tree(new String(bytes(Keys.ledger(job)), UTF_8)).path("books").hasNonNull("unread");
  }

  /// By line: what became of it, without times and places.
  SortedMap<Long, String> outcomes() {
    var outcomes = new TreeMap<Long, String>();
    for (var row : rows) {
      outcomes.put(
          row.path("line").asLong(),
          row.path("outcome").asText()
              + " "
              + row.path("fault").asText()
              + " "
              + row.path("fetch_status").asText()
              + (row.hasNonNull("content_truncated")
                  ? " cut by " + row.path("content_truncated").asText()
                  : ""));
    }
    return outcomes;
  }

  /// Everything that must hold of a job of so many lines when it has ended.
  ///
  /// @return what does not
  List<String> wrong(long lines) throws IOException {
    var wrong = new ArrayList<String>();
    var numbers = rows.stream().map(row -> row.path("line").asLong()).sorted().toList();
    if (!numbers.equals(LongStream.rangeClosed(1, lines).boxed().toList())) {
      var missing = LongStream.rangeClosed(1, lines).boxed().collect(Collectors.toSet());
      var twice = numbers.stream().filter(line -> !missing.remove(line)).limit(20).toList();
      wrong.add(
          "rows: none for the lines %s, one too many for %s"
              .formatted(missing.stream().sorted().limit(20).toList(), twice));
    }
    var books = Json.read(Ledger.class, bytes(Keys.ledger(job))).books();
    if (!books.complete() || !books.balanced() || books.accepted() != lines) {
      wrong.add("the books: " + books);
    }
    var counts = books.counts();
    var sums = List.of(counts.stored(), counts.failed(), counts.refused(), counts.duplicate());
    var found = List.of(of("stored"), of("failed"), of("refused"), of("duplicate"));
    if (!sums.equals(found)) {
      wrong.add("the books say " + sums + ", the rows " + found);
    }
    if (store.head(Keys.report(job)).join().isEmpty()) {
      wrong.add("the report is missing");
    }
    for (var row : rows) {
      if (row.hasNonNull("warc_filename")) {
        wrong.addAll(place(row));
      }
    }
    return wrong;
  }

  private long of(String outcome) {
    return rows.stream().filter(row -> row.path("outcome").asText().equals(outcome)).count();
  }

  private Set<String> place(JsonNode row) throws IOException {
    var wrong = new HashSet<String>();
    var archive = bytes(row.path("warc_filename").asText());
    var offset = row.path("warc_record_offset").asInt();
    var length = row.path("warc_record_length").asInt();
    try (var member = new GZIPInputStream(new ByteArrayInputStream(archive, offset, length))) {
      var record = new String(member.readAllBytes(), ISO_8859_1);
      if (!record.startsWith("WARC/1.")
          || !record.contains("WARC-Type: response")
          || !record.contains("WARC-Target-URI: " + row.path("url_final").asText() + "\r\n")) {
        wrong.add("line " + row.path("line") + " leads to " + record.lines().limit(8).toList());
      }
    }
    return wrong;
  }
}
