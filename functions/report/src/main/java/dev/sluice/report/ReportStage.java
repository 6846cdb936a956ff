package dev.sluice.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.ObjectStore.Piece;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.ReportTask;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Enters report tasks of a job in its ledger, in one step: it reads the ledger once, folds the
/// tasks in, and compares before it replaces.
///
/// A ledger that cannot be read is begun anew, for it is a cache, and report asks itself to rebuild
/// the rest.
final class ReportStage {
  private static final String UNREADABLE = "unreadable";

  private final ObjectStore store;
  private final Outbox<ReportTask> reportTasks;

  /// @param reportTasks the queue that feeds this stage
  ReportStage(ObjectStore store, Outbox<ReportTask> reportTasks) {
    this.store = store;
    this.reportTasks = reportTasks;
  }

  /// The ledger as it was read.
  ///
  /// @param asked a rebuild to do besides; null if none
  private record Before(
      JobId job, Optional<Piece> piece, Ledger ledger, ReportTask.@Nullable Rebuild asked) {
    Condition condition() {
      return piece
          .<Condition>map(there -> new Condition.IfMatch(there.etag()))
          .orElseGet(Condition.IfAbsent::new);
    }
  }

  /// Enters report tasks, all of one job.
  CompletionStage<Entered> run(List<ReportTask> group, Run run) {
    return before(group, run)
        .thenCompose(before -> {
          var after = before.ledger;
          ReportTask.Rebuild rebuild = before.asked;
          for (var reportTask : group) {
            after = after.with(reportTask, run.now());
            if (reportTask instanceof ReportTask.Rebuild asked
                && (rebuild == null || asked.part() < rebuild.part())) {
              rebuild = asked; // the rebuild from the earliest part does all of them
            }
          }
          return rebuild == null
              ? write(before, after, null, group, run)
              : new Rebuilding(store, run)
                  .from(rebuild, after)
                  .thenCompose(
                      rebuilt -> write(before, rebuilt.ledger(), rebuilt.rest(), group, run));
        });
  }

  private CompletionStage<Before> before(List<ReportTask> group, Run run) {
    var job = group.getFirst().job();
    return run.resume(store.get(Keys.ledger(job)))
        .thenApply(piece -> {
          var ledger = piece.flatMap(there -> Json.ledger(there.bytes()));
          var asked = piece.isPresent() && ledger.isEmpty() ? unreadable(job, group) : null;
          return new Before(job, piece, ledger.orElseGet(() -> Ledger.empty(job)), asked);
        });
  }

  /// A rebuild writes a ledger that can be read. If it meets one that cannot be read time after
  /// time, it fails instead of beginning anew for ever.
  private static ReportTask.Rebuild unreadable(JobId job, List<ReportTask> group) {
    var before =
        group.stream()
            .mapToInt(reportTask ->
                reportTask instanceof ReportTask.Rebuild rebuild ? rebuild.fedAgain() + 1 : 0)
            .max()
            .orElse(0);
    if (before > Message.MOST_FED_AGAIN) {
      throw new IllegalStateException(
          "the books of " + job + " cannot be read, after " + before + " rebuilds");
    }
    return new ReportTask.Rebuild(job, UNREADABLE, 0, before);
  }

  /// @param rest of a rebuild that is not done yet; null if none
  private CompletionStage<Entered> write(
      Before before,
      Ledger after,
      ReportTask.@Nullable Rebuild rest,
      List<ReportTask> group,
      Run run) {
    if (after.equals(before.ledger) && before.asked == null) {
      // The report may be missing all the same: the invocation that entered this may have died
      // before it.
      return follow(after, rest, run).thenApply(_ -> entered(EntryResult.AGAIN, after));
    }
    var put =
        store.put(
            Keys.ledger(before.job), new Content.Bytes(Json.bytes(after)), before.condition());
    return run.resume(put)
        .thenCompose(done ->
            done instanceof ObjectStore.Put.Done
                ? follow(after, rest, run).thenApply(_ -> entered(EntryResult.ENTERED, after))
                : run(group, run)); // another invocation was first: once more, on its ledger
  }

  private static Entered entered(EntryResult result, Ledger ledger) {
    return new Entered(result, ledger.books().accepted(), ledger.books().pending());
  }

  private CompletionStage<Boolean> follow(
      Ledger ledger, ReportTask.@Nullable Rebuild rest, Run run) {
    var told =
        rest == null
            ? CompletableFuture.completedFuture(true)
            : run.resume(reportTasks.send(rest, Deadline.NEVER));
    return told.thenCompose(_ -> report(ledger, run));
  }

  private CompletionStage<Boolean> report(Ledger ledger, Run run) {
    var books = ledger.books();
    if (!books.complete()) {
      return CompletableFuture.completedFuture(true);
    }
    return run.resume(
            store.put(
                Keys.report(books.job()),
                new Content.Bytes(Html.report(books).getBytes(UTF_8)),
                new Condition.Always()))
        .thenApply(_ -> true);
  }
}
