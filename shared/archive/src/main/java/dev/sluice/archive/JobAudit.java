package dev.sluice.archive;

import dev.sluice.async.FanOut;
import dev.sluice.async.Run;
import dev.sluice.flow.Archived;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Plan;
import dev.sluice.flow.SplitTask;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Finds the work that is missing for a job, from the bucket alone: plans, then the archives of the
/// tasks in plans and leftovers, then the rows of archives, each compared with the ledger.
///
/// Every message can be lost; the audit finds the work that it asked for. That work may be under
/// way all the same, so a repair puts its objects under the same condition as everyone else.
///
/// It skips the parts that the ledger has closed. Of the others it reads every archive's end, 16 at
/// a time; it holds one plan in memory.
public final class JobAudit {
  private static final int ARCHIVES_AT_ONCE = 16;

  /// Does the missing work, which the audit names by the message that asks for it. It is called one
  /// after the other for a task and side by side for tasks, on the executor of the run; the audit
  /// goes on when the call completes, and fails when it fails.
  public interface Repair {
    /// Plans a part that has no plan, or whose plan the ledger lacks. Split then also sends the
    /// part's tasks, so the audit names nothing else of the part.
    CompletionStage<?> plan(SplitTask.Part part);

    /// Writes the archive of a task that has none; the task is planned, or dealt from leftovers
    /// that may not be due yet.
    CompletionStage<?> archive(FetchTask task);

    /// Writes the rows of an archive in which lines ended, or reports them where they lie.
    CompletionStage<?> rows(ExtractTask task);
  }

  /// The numbers of repairs that an audit asked for.
  ///
  /// @param plans parts without a plan, or whose plan the ledger lacks
  /// @param archives tasks without an archive
  /// @param rows archives without rows, or whose rows the ledger lacks
  public record Audited(int plans, int archives, int rows) {
    /// Whether the audit found all work in the bucket: then only the books lack it.
    public boolean foundAll() {
      return plans + archives + rows == 0;
    }
  }

  private final ObjectStore store;
  private final Ledger ledger;
  private final Repair missing;
  private final Run run;

  // The executor of the run owns these.
  private int plans;
  private int archives;
  private int rows;

  private JobAudit(ObjectStore store, Ledger ledger, Repair missing, Run run) {
    this.store = store;
    this.ledger = ledger;
    this.missing = missing;
    this.run = run;
  }

  /// Audits a job.
  ///
  /// @param first the message that starts the job; every message that the audit names has its
  ///   deadline
  public static CompletionStage<Audited> over(
      ObjectStore store, SplitTask.Part first, Repair missing, Run run) {
    return run.resume(store.get(Keys.ledger(first.job())))
        .thenCompose(piece ->
            run.cpu()
                .submit(() ->
                    piece
                        .flatMap(there -> Json.ledger(there.bytes()))
                        .orElseGet(() -> Ledger.empty(first.job()))))
        .thenCompose(ledger -> {
          var walk = new JobAudit(store, ledger, missing, run);
          return walk.part(begin(first, ledger), false).thenApply(_ -> walk.walked());
        });
  }

  /// Begins at the last of the parts that are closed from the first on: its plan says where the
  /// next part begins.
  private static SplitTask.Part begin(SplitTask.Part first, Ledger ledger) {
    return like(first, first.etag(), Math.max(0, ledger.closed() - 1));
  }

  private static SplitTask.Part like(SplitTask.Part at, String etag, int part) {
    return new SplitTask.Part(
        at.job(), at.manifest(), etag, part, at.offset(), at.line(), at.firstTask(), at.deadline());
  }

  private Audited walked() {
    return new Audited(plans, archives, rows);
  }

  /// @param follows whether split was asked for an earlier part; it then goes on to the first
  ///   unplanned part itself
  private CompletionStage<Boolean> part(SplitTask.Part at, boolean follows) {
    return run.resume(store.get(Keys.plan(at.job(), at.part())))
        .thenCompose(piece -> {
          if (piece.isEmpty()) {
            return follows ? CompletableFuture.completedFuture(true) : unplanned(at);
          }
          return run.cpu()
              .submit(() -> Gzip.read(Plan.class, piece.get().bytes()))
              .thenCompose(plan -> planned(at, plan, follows));
        });
  }

  private CompletionStage<Boolean> unplanned(SplitTask.Part at) {
    plans++;
    return missing.plan(at).thenApply(_ -> true);
  }

  /// A planned part keeps to the list that it was planned from, and so do the parts after it,
  /// whatever lies under the manifest's key by now: under another ETag split would not report this
  /// part, and would plan the next one from another list.
  private CompletionStage<Boolean> planned(SplitTask.Part named, Plan plan, boolean follows) {
    var at = like(named, plan.etag(), named.part());
    if (ledger.isClosed(at.part())) {
      return next(at, plan, follows);
    }
    if (!ledger.isPlanned(at.part())) {
      return unplanned(at).thenCompose(_ -> next(at, plan, true));
    }
    return keys(at)
        .thenCompose(there ->
            there.contains(Keys.splitRows(at.job(), at.part()))
                ? tasks(at, plan.tasks(), there).thenCompose(_ -> next(at, plan, follows))
                : unplanned(at).thenCompose(_ -> next(at, plan, true)));
  }

  private CompletionStage<Boolean> next(SplitTask.Part at, Plan plan, boolean follows) {
    return at.next(plan)
        .map(next -> part(next, follows))
        .orElseGet(() -> CompletableFuture.completedFuture(true));
  }

  private CompletionStage<Boolean> tasks(
      SplitTask.Part at, List<FetchTask> tasks, Set<String> there) {
    return FanOut.<FetchTask, Boolean>of((task, _) -> task(task.under(at.deadline()), there))
        .concurrency(ARCHIVES_AT_ONCE)
        .on(run)
        .startJoin(tasks)
        .thenApply(_ -> true);
  }

  private CompletionStage<Boolean> task(FetchTask task, Set<String> there) {
    var key = Keys.archive(task.job(), task.part(), task.task());
    if (!there.contains(key)) {
      archives++;
      return missing.archive(task).thenApply(_ -> true);
    }
    return ArchiveTail.read(store, key, run)
        .thenCompose(tail ->
            tail.isPresent()
                ? archived(tail.get().of(task), there)
                : CompletableFuture.failedFuture(new IOException(key + " is not there any more")));
  }

  private CompletionStage<Boolean> archived(Archived archived, Set<String> there) {
    var done =
        archived.extract().filter(task -> !isEntered(task, there)).isPresent()
            ? unentered(archived.extract().get())
            : CompletableFuture.completedFuture(true);
    for (var child : archived.children()) {
      done = done.thenCompose(_ -> task(child, there));
    }
    return done;
  }

  private boolean isEntered(ExtractTask task, Set<String> there) {
    return there.contains(Keys.rows(task.job(), task.part(), task.task()))
        && ledger.isEntered(task.part(), task.task());
  }

  private CompletionStage<Boolean> unentered(ExtractTask task) {
    rows++;
    return missing.rows(task).thenApply(_ -> true);
  }

  /// The keys of a part's archives and rows.
  private CompletionStage<Set<String>> keys(SplitTask.Part at) {
    return store
        .keys(Keys.archives(at.job(), at.part()), run)
        .thenCompose(archives ->
            store
                .keys(Keys.rows(at.job(), at.part()), run)
                .thenApply(rows -> {
                  var keys = new HashSet<>(archives);
                  keys.addAll(rows);
                  return keys;
                }));
  }
}
