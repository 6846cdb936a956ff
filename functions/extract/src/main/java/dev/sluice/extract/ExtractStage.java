package dev.sluice.extract;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.edge.Json;
import dev.sluice.edge.RowJson;
import dev.sluice.edge.archive.ArchiveReader;
import dev.sluice.flow.Counts;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Row;
import dev.sluice.flow.Stage;
import dev.sluice.flow.Tally;
import dev.sluice.flow.Visit;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Reads an archive back into an index and rows, and tells the books what the rows say.
final class ExtractStage implements Stage<ExtractTask, Extracted> {
  private final ObjectStore store;
  private final Outbox<Tally> tallies;

  ExtractStage(ObjectStore store, Outbox<Tally> tallies) {
    this.store = store;
    this.tallies = tallies;
  }

  /// All that is computed of an archive.
  @SuppressWarnings("ArrayRecordComponent") // put as they are, never compared
  private record Read(byte[] rows, byte[] index, long leftOver) {}

  @Override
  public CompletionStage<Extracted> run(ExtractTask task, Run run) {
    var rows = Keys.rows(task.job(), task.part(), task.task());
    return run.resume(store.head(rows))
        .thenCompose(there ->
            read(task, run)
                .thenCompose(read ->
                    there.isPresent()
                        ? tally(task, "again", read.leftOver, run)
                        : commit(task, read, run)));
  }

  private CompletionStage<Extracted> commit(ExtractTask task, Read read, Run run) {
    var index = Keys.index(task.job(), task.part(), task.task());
    var rows = Keys.rows(task.job(), task.part(), task.task());
    return run.resume(store.put(index, new Content.Bytes(read.index), new Condition.Always()))
        .thenCompose(_ ->
            run.resume(store.put(rows, new Content.Bytes(read.rows), new Condition.IfAbsent())))
        .thenCompose(_ -> tally(task, "extracted", read.leftOver, run));
  }

  /// From the rows as stored, whoever stored them.
  private CompletionStage<Extracted> tally(
      ExtractTask task, String outcome, long leftOver, Run run) {
    return run.resume(store.get(Keys.rows(task.job(), task.part(), task.task())))
        .thenCompose(piece -> run.cpu().submit(() -> visits(piece.orElseThrow().bytes())))
        .thenCompose(visits ->
            run.resume(
                    tallies.send(
                        new Tally.RowsStored(
                            task.job(), task.part(), task.task(), Counts.of(visits), leftOver),
                        Deadline.NEVER))
                .thenApply(_ -> new Extracted(outcome, visits.size(), leftOver)));
  }

  private static List<Visit> visits(byte[] rows) throws IOException {
    var visits = new ArrayList<Visit>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(new ByteArrayInputStream(rows)), UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        visits.add(RowJson.visit(Json.tree(line)));
      }
    }
    return visits;
  }

  private CompletionStage<Read> read(ExtractTask task, Run run) {
    var key = Keys.archive(task.job(), task.part(), task.task());
    return run.blocking()
        .submit(() -> Files.createTempFile("sluice-extract-", ".warc.gz"))
        .thenCompose(file ->
            run.resume(store.download(key, file))
                .thenCompose(head ->
                    head.isPresent()
                        ? run.cpu().submit(() -> read(file, key))
                        : CompletableFuture.<Read>failedFuture(
                            new IOException(key + " is missing")))
                .handle((read, failure) ->
                    run.blocking()
                        .submit(() -> Files.deleteIfExists(file))
                        .thenCompose(_ ->
                            failure == null
                                ? CompletableFuture.completedFuture(read)
                                : CompletableFuture.<Read>failedFuture(failure)))
                .thenCompose(read -> read));
  }

  private static Read read(Path file, String key) throws IOException {
    var contents = ArchiveReader.read(file, key);
    var rows = new ArrayList<Row>();
    for (var entry : contents.entries()) {
      var place = entry.place();
      var page = place == null ? null : Pages.page(file, entry.visit(), place);
      rows.add(new Row(entry.visit(), place, page));
    }
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      for (var row : rows) {
        gzip.write((RowJson.write(row) + "\n").getBytes(UTF_8));
      }
    }
    return new Read(
        bytes.toByteArray(), Cdxj.index(rows).getBytes(UTF_8), contents.leftovers().size());
  }
}
