package dev.sluice.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.async.Run;
import dev.sluice.edge.Gzip;
import dev.sluice.edge.Json;
import dev.sluice.edge.RowJson;
import dev.sluice.flow.Counts;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.Plan;
import dev.sluice.flow.Stage;
import dev.sluice.flow.Tally;
import dev.sluice.flow.TaskId;
import dev.sluice.flow.Visit;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.zip.GZIPInputStream;

/// Enters a tally in the books of its job, compared before they are replaced.
final class ReportStage implements Stage<Tally, Entered> {
  private final ObjectStore store;

  ReportStage(ObjectStore store) {
    this.store = store;
  }

  @Override
  public CompletionStage<Entered> run(Tally tally, Run run) {
    return run.resume(store.get(Keys.state(tally.job())))
        .thenCompose(there -> {
          var before =
              there
                  .map(piece -> Json.read(Ledger.class, piece.bytes()))
                  .orElseGet(() -> Ledger.empty(tally.job()));
          return tally instanceof Tally.Rebuild
              ? rebuilt(tally.job(), run)
                  .thenCompose(after -> write(tally, there, before, after, run))
              : write(tally, there, before, before.with(tally, run.now()), run);
        });
  }

  private CompletionStage<Entered> write(
      Tally tally, Optional<ObjectStore.Piece> there, Ledger before, Ledger after, Run run) {
    if (after.equals(before)) {
      // The report may be missing all the same: the one who entered this may have died before it.
      return report(after, run).thenApply(_ -> entered("again", after));
    }
    var condition =
        there
            .<Condition>map(piece -> new Condition.IfMatch(piece.etag()))
            .orElseGet(Condition.IfAbsent::new);
    return run.resume(
            store.put(Keys.state(tally.job()), new Content.Bytes(Json.bytes(after)), condition))
        .thenCompose(put ->
            put instanceof ObjectStore.Put.Done
                ? report(after, run).thenApply(_ -> entered("entered", after))
                : this.run(tally, run)); // a zombie was first: once more, on what it wrote
  }

  private static Entered entered(String outcome, Ledger ledger) {
    return new Entered(outcome, ledger.books().accepted(), ledger.books().pending());
  }

  private CompletionStage<?> report(Ledger ledger, Run run) {
    var books = ledger.books();
    if (!books.complete()) {
      return CompletableFuture.completedFuture(true);
    }
    return run.resume(
        store.put(
            Keys.report(books.job()),
            new Content.Bytes(Html.report(books).getBytes(UTF_8)),
            new Condition.Always()));
  }

  /// From plans and rows alone.
  private CompletionStage<Ledger> rebuilt(JobId job, Run run) {
    return plans(job, 0, Ledger.empty(job), run).thenCompose(ledger -> rows(job, "", ledger, run));
  }

  private CompletionStage<Ledger> plans(JobId job, int part, Ledger ledger, Run run) {
    return run.resume(store.get(Keys.plan(job, part)))
        .thenCompose(piece ->
            piece.isEmpty()
                ? CompletableFuture.completedFuture(ledger)
                : run.resume(run.cpu().submit(() -> Gzip.read(Plan.class, piece.get().bytes())))
                    .thenCompose(
                        plan -> plans(job, part + 1, ledger.with(plan.planned(), run.now()), run)));
  }

  private CompletionStage<Ledger> rows(JobId job, String after, Ledger ledger, Run run) {
    return run.resume(store.list(Keys.rowsPrefix(job), after))
        .thenCompose(page -> {
          CompletionStage<Ledger> sum = CompletableFuture.completedFuture(ledger);
          for (var entry : page.entries()) {
            sum = sum.thenCompose(so -> object(job, entry.key(), so, run));
          }
          return page.more()
              ? sum.thenCompose(so -> rows(job, page.entries().getLast().key(), so, run))
              : sum;
        });
  }

  private CompletionStage<Ledger> object(JobId job, String key, Ledger ledger, Run run) {
    var path = key.substring(Keys.rowsPrefix(job).length()).split("/", 2);
    if (path.length != 2 || path[1].equals("split.jsonl.gz")) {
      return CompletableFuture.completedFuture(ledger); // counted by its plan
    }
    var name = path[1].substring(0, path[1].lastIndexOf('-'));
    return run.resume(store.get(key))
        .thenCompose(piece -> run.cpu().submit(() -> counts(piece.orElseThrow().bytes())))
        .thenCompose(counts ->
            CompletableFuture.completedFuture(
                ledger.with(
                    new Tally.RowsStored(
                        job, Integer.parseInt(path[0]), new TaskId(name), counts, 0),
                    run.now())));
  }

  private static Counts counts(byte[] rows) throws IOException {
    var visits = new ArrayList<Visit>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(new ByteArrayInputStream(rows)), UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        visits.add(RowJson.visit(Json.tree(line)));
      }
    }
    return Counts.of(visits);
  }
}
