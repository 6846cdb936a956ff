package dev.sluice.report;

import dev.sluice.archive.Gzip;
import dev.sluice.archive.RowFile;
import dev.sluice.async.FanOut;
import dev.sluice.async.Run;
import dev.sluice.flow.Counts;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Plan;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.TaskId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Enters the plans and rows that the ledger lacks, part by part, until the time is over.
///
/// It adds to the ledger as it is, and a report task that is entered already changes nothing: so it
/// may run again at any time, and loses no entry that is made meanwhile. It skips closed parts.
final class Rebuilding {
  /// Rows that are read at once: with 256 tasks and those dealt anew from them, a part takes
  /// seconds.
  private static final int AT_ONCE = 16;

  private static final Duration FOR_A_PART = Duration.ofSeconds(10);

  /// `{task}-{round}.jsonl.gz`; other objects there are not ours, and are skipped.
  private static final Pattern ROWS = Pattern.compile("([0-9][0-9a-f._]*)-\\d+\\.jsonl\\.gz");

  private final ObjectStore store;
  private final Run run;

  Rebuilding(ObjectStore store, Run run) {
    this.store = store;
    this.run = run;
  }

  /// The ledger after a rebuild.
  ///
  /// @param rest the rebuild to ask for to go on; null when it is done
  record Rebuilt(Ledger ledger, ReportTask.@Nullable Rebuild rest) {}

  /// Rebuilds from the part that is named on; at least one part.
  CompletionStage<Rebuilt> from(ReportTask.Rebuild named, Ledger ledger) {
    var part = named.part();
    while (ledger.isClosed(part)) {
      part++;
    }
    var asked = named.from(part);
    return run.resume(store.get(Keys.plan(asked.job(), asked.part())))
        .thenCompose(piece ->
            piece.isEmpty()
                ? CompletableFuture.completedFuture(new Rebuilt(ledger, null))
                : run.cpu()
                    .submit(() -> Gzip.read(Plan.class, piece.get().bytes()))
                    .thenCompose(plan ->
                        planned(plan, ledger)
                            .thenCompose(so -> part(plan, so))
                            .thenCompose(so -> next(asked, so))));
  }

  private CompletionStage<Rebuilt> next(ReportTask.Rebuild asked, Ledger ledger) {
    var rest = asked.from(asked.part() + 1);
    return run.deadline().left().compareTo(FOR_A_PART) > 0
        ? from(rest, ledger)
        : CompletableFuture.completedFuture(new Rebuilt(ledger, rest));
  }

  /// Enters a plan. A ledger without an entry begins when the plan was put.
  private CompletionStage<Ledger> planned(Plan plan, Ledger before) {
    return before.books().started() != null
        ? CompletableFuture.completedFuture(before.with(plan.planned(), run.now()))
        : run.resume(store.head(Keys.plan(plan.job(), plan.part())))
            .thenApply(head ->
                before.with(
                    plan.planned(), head.map(ObjectStore.Head::modified).orElseGet(run::now)));
  }

  private CompletionStage<Ledger> part(Plan plan, Ledger ledger) {
    if (ledger.isClosed(plan.part())) {
      return CompletableFuture.completedFuture(ledger);
    }
    return missing(plan.job(), plan.part(), ledger)
        .thenCompose(missing ->
            FanOut.<TaskId, ReportTask.RowsStored>of((task, _) -> reportTask(plan, task))
                .concurrency(AT_ONCE)
                .on(run)
                .startJoin(missing))
        .thenApply(reportTasks -> {
          var after = ledger;
          for (var reportTask : reportTasks) {
            after = after.with(reportTask, run.now());
          }
          return after;
        });
  }

  /// The tasks that have rows and are not entered.
  private CompletionStage<List<TaskId>> missing(JobId job, int part, Ledger ledger) {
    var prefix = Keys.rows(job, part);
    return store
        .keys(prefix, run)
        .thenApply(keys ->
            keys.stream()
                .map(key -> task(key.substring(prefix.length())))
                .flatMap(Optional::stream)
                .filter(task -> !ledger.isEntered(part, task))
                .toList());
  }

  private static Optional<TaskId> task(String name) {
    var matcher = ROWS.matcher(name);
    try {
      return matcher.matches() ? Optional.of(new TaskId(matcher.group(1))) : Optional.empty();
    } catch (IllegalArgumentException notOurs) {
      return Optional.empty();
    }
  }

  private CompletionStage<ReportTask.RowsStored> reportTask(Plan plan, TaskId task) {
    var key = Keys.rows(plan.job(), plan.part(), task);
    return run.resume(store.get(key))
        .thenCompose(piece ->
            run.cpu()
                .submit(() -> {
                  var bytes =
                      piece.orElseThrow(() -> new IOException(key + " is not there any more"));
                  return Counts.of(RowFile.visits(bytes.bytes()));
                }))
        .thenApply(counts -> new ReportTask.RowsStored(plan.job(), plan.part(), task, counts, 0));
  }
}
