package dev.sluice.sweep;

import dev.sluice.archive.ArchiveTail;
import dev.sluice.archive.Extraction;
import dev.sluice.archive.JobAudit;
import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.edge.Log;
import dev.sluice.flow.Ending;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.Fault;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Head;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Visit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Looks after every job that has a manifest and no report. It starts a job that has no plan. Of a
/// job whose time is over it writes all that is missing, under the same keys and the same condition
/// as everyone else. A job with a report and without a ledger has lost its books, and has them
/// rebuilt.
///
/// Two sweeps at once are harmless, and the next sweep goes on with one that is cut off. It takes
/// jobs one after the other; their names are held in memory.
final class SweepStage {
  /// The age at which a manifest without a plan was forgotten.
  static final Duration NOT_STARTED = Duration.ofHours(1);

  /// The time after a job's deadline from which the job is overdue: the longest delay of a queue
  /// and the longest invocation are over, so hardly any of its work is under way. Work that still
  /// is meets the objects of the sweep under the same keys.
  static final Duration OVERDUE = Outbox.MAX_DELAY.plus(Duration.ofMinutes(15));

  /// The reason of all rebuilds: two requests within five minutes are one.
  private static final String REASON = "sweep";

  private final ObjectStore store;
  private final Outbox<SplitTask> parts;
  private final Outbox<ReportTask> reportTasks;
  private final Duration jobDeadline;
  private final Log log;
  private final Path temp;

  /// @param jobDeadline the time that a job has from its manifest's creation; zero is no limit, and
  ///   then no job is overdue
  /// @param temp the folder in which an archive lies while it is read
  SweepStage(
      ObjectStore store,
      Outbox<SplitTask> parts,
      Outbox<ReportTask> reportTasks,
      Duration jobDeadline,
      Log log,
      Path temp) {
    this.store = store;
    this.parts = parts;
    this.reportTasks = reportTasks;
    this.jobDeadline = jobDeadline;
    this.log = log;
    this.temp = temp;
  }

  /// Sweeps once. It skips a job that fails, and leaves the jobs that it has no time for to the
  /// next sweep.
  CompletableFuture<Swept> run(Run run) {
    // In this order: a ledger is put before its report, so a job that ends meanwhile has both.
    return names(Keys.REPORTS, _ -> true, run)
        .thenCompose(reports ->
            names(Keys.JOBS, Keys::isLedger, run)
                .thenCompose(ledgers -> manifests(new JobNames(reports, ledgers), run)))
        .toCompletableFuture();
  }

  /// The names of jobs, as they were listed before the manifests.
  ///
  /// @param reports of the jobs that have one
  /// @param ledgers of the jobs that have one, whether it can be read or not
  private record JobNames(Set<String> reports, Set<String> ledgers) {
    boolean hasEnded(JobId job) {
      return reports.contains(job.name());
    }

    boolean hasBooks(JobId job) {
      return ledgers.contains(job.name());
    }
  }

  private CompletionStage<Set<String>> names(String prefix, Predicate<String> counts, Run run) {
    return store
        .keys(prefix, run)
        .thenApply(keys ->
            keys.stream()
                .filter(counts)
                .map(key -> key.substring(prefix.length()).split("/", 2)[0])
                .collect(Collectors.toSet()));
  }

  private CompletionStage<Swept> manifests(JobNames names, Run run) {
    var sum = new AtomicReference<>(Swept.NOTHING);
    return store
        .listAll(
            Keys.MANIFESTS,
            page -> {
              CompletionStage<?> done = CompletableFuture.completedFuture(true);
              for (var entry : page) {
                done =
                    done.thenCompose(_ -> manifest(entry.key(), names, run))
                        .thenAccept(swept -> sum.set(sum.get().plus(swept)));
              }
              return done;
            },
            run)
        .thenApply(_ -> sum.get());
  }

  private CompletionStage<Swept> manifest(String key, JobNames seen, Run run) {
    JobId job;
    try {
      job = Keys.jobOf(key);
    } catch (IllegalArgumentException noManifest) {
      return CompletableFuture.completedFuture(Swept.NOTHING);
    }
    if ((seen.hasEnded(job) && seen.hasBooks(job)) || run.deadline().hasPassed()) {
      return CompletableFuture.completedFuture(Swept.NOTHING);
    }
    return (seen.hasEnded(job) ? withoutBooks(job, run) : unfinished(key, run))
        .exceptionally(failure -> {
          log.line(
              "error",
              Json.object()
                  .put("function", "sweep")
                  .put("job", job.name())
                  .put("result", "failed")
                  .put("error", failure.toString()));
          return Swept.one(SweepCount.UNFINISHED, SweepCount.FAILED);
        });
  }

  /// Rebuilds the books of a job that has ended. Every line has its row, so the job is neither
  /// audited nor is its deadline awaited. A job without a plan is left alone: to begin it again
  /// would fetch all of it again.
  private CompletionStage<Swept> withoutBooks(JobId job, Run run) {
    return run.resume(store.head(Keys.plan(job, 0)))
        .thenCompose(plan ->
            plan.isPresent()
                ? rebuild(job, run)
                    .thenApply(_ -> Swept.one(SweepCount.UNFINISHED, SweepCount.REBUILT))
                : CompletableFuture.completedFuture(Swept.NOTHING));
  }

  private CompletionStage<Boolean> rebuild(JobId job, Run run) {
    return run.resume(reportTasks.send(new ReportTask.Rebuild(job, REASON), Deadline.NEVER));
  }

  private CompletionStage<Swept> unfinished(String manifest, Run run) {
    return run.resume(store.head(manifest))
        .thenCompose(head ->
            head.isPresent()
                ? unfinished(manifest, head.get(), run)
                : CompletableFuture.completedFuture(Swept.NOTHING));
  }

  private CompletionStage<Swept> unfinished(String manifest, Head head, Run run) {
    var first = SplitTask.Part.first(manifest, head.etag(), head.modified(), jobDeadline);
    if (run.now().isAfter(first.deadline().plus(OVERDUE))) {
      return overdue(first, run);
    }
    if (run.now().isBefore(head.modified().plus(NOT_STARTED))) {
      return CompletableFuture.completedFuture(Swept.one(SweepCount.UNFINISHED));
    }
    return run.resume(store.head(Keys.plan(first.job(), 0)))
        .thenCompose(plan ->
            plan.isPresent()
                ? CompletableFuture.completedFuture(Swept.one(SweepCount.UNFINISHED))
                : run.resume(parts.send(first, Deadline.NEVER))
                    .thenApply(_ -> Swept.one(SweepCount.UNFINISHED, SweepCount.STARTED)));
  }

  private CompletionStage<Swept> overdue(SplitTask.Part first, Run run) {
    var overdue = Swept.one(SweepCount.UNFINISHED, SweepCount.OVERDUE);
    return JobAudit.over(store, first, new Writing(run), run)
        .thenCompose(audited ->
            audited.foundAll()
                ? rebuild(first.job(), run).thenApply(_ -> overdue.with(SweepCount.REBUILT, 1))
                : CompletableFuture.completedFuture(
                    overdue
                        .with(SweepCount.PLANS, audited.plans())
                        .with(SweepCount.ARCHIVES, audited.archives())
                        .with(SweepCount.ROWS, audited.rows())));
  }

  /// Repairs a job without the functions whose work is missing.
  private final class Writing implements JobAudit.Repair {
    private final Run run;
    private final Extraction extraction =
        new Extraction(store, reportTasks, Extraction.PageReader.NONE, temp);

    Writing(Run run) {
      this.run = run;
    }

    /// Past the deadline, split plans rows and no tasks.
    @Override
    public CompletionStage<?> plan(SplitTask.Part part) {
      return run.resume(parts.send(part, Deadline.NEVER));
    }

    @Override
    public CompletionStage<?> archive(FetchTask task) {
      return ArchiveTail.putOnce(store, task, gaveUp(task), List.of(), run)
          .thenCompose(archived ->
              archived
                  .extract()
                  .<CompletionStage<?>>map(this::rows)
                  .orElseGet(() -> CompletableFuture.completedFuture(true)));
    }

    @Override
    public CompletionStage<?> rows(ExtractTask task) {
      return extraction.run(task, run);
    }

    private static List<Visit> gaveUp(FetchTask task) {
      var ending = new Ending.Failed(Fault.Failed.GAVE_UP, Ending.deadlinePassed(task.deadline()));
      return task.targets().stream().map(target -> Visit.unanswered(target, ending)).toList();
    }
  }
}
