package dev.sluice.fetch;

import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Outcome;
import dev.sluice.async.Run;
import dev.sluice.edge.Json;
import dev.sluice.edge.archive.ArchiveReader;
import dev.sluice.edge.archive.ArchiveWriter;
import dev.sluice.edge.archive.Records;
import dev.sluice.fetch.plan.HostLanes;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.flow.Ending;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.Fault;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.LeftoverGroups;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Stage;
import dev.sluice.flow.Target;
import dev.sluice.flow.Visit;
import dev.sluice.flow.Web;
import dev.sluice.flow.url.HostBucket;
import dev.sluice.flow.url.Refusal;
import dev.sluice.flow.url.WebUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Fetches the URLs of a task into one archive that holds an outcome or a leftover for each.
final class FetchStage implements Stage<FetchTask, Fetched> {
  private final FetchSettings settings;
  private final ObjectStore store;
  private final Outbox<ExtractTask> extract;
  private final Outbox<SplitTask> split;
  private final Web web;

  FetchStage(
      FetchSettings settings,
      ObjectStore store,
      Outbox<ExtractTask> extract,
      Outbox<SplitTask> split,
      Web web) {
    this.settings = settings;
    this.store = store;
    this.extract = extract;
    this.split = split;
    this.web = web;
  }

  @Override
  public CompletionStage<Fetched> run(FetchTask task, Run run) {
    return run.resume(store.head(archive(task)))
        .thenCompose(there -> there.isPresent() ? again(task, run) : fetch(task, run));
  }

  private static String archive(FetchTask task) {
    return Keys.archive(task.job(), task.part(), task.task());
  }

  /// The archive is there: nothing is fetched, only the sends that follow from it are repeated.
  private CompletionStage<Fetched> again(FetchTask task, Run run) {
    return run.blocking()
        .submit(() -> Files.createTempFile("sluice-again-", ".warc.gz"))
        .thenCompose(file ->
            run.resume(store.download(archive(task), file))
                .thenCompose(
                    _ -> run.blocking().submit(() -> ArchiveReader.read(file, archive(task))))
                .handle((contents, failure) ->
                    run.blocking()
                        .submit(() -> {
                          Files.deleteIfExists(file);
                          if (failure != null) {
                            throw new IOException(failure);
                          }
                          return contents;
                        }))
                .thenCompose(contents -> contents))
        .thenCompose(contents -> follow(task, contents, run));
  }

  private CompletionStage<Fetched> fetch(FetchTask task, Run run) {
    var key = Keys.hosts(task.bucket());
    return run.resume(store.get(key))
        .thenCompose(there ->
            run.blocking()
                .submit(ArchiveWriter::create)
                .thenCompose(writer -> {
                  var round = new Round(task, run, writer, remembered(there));
                  return run.resume(round.run())
                      .thenCompose(fetched ->
                          remember(key, round.hosts, there, run).thenApply(_ -> fetched));
                }));
  }

  private static Hosts.Memories remembered(Optional<ObjectStore.Piece> there) {
    return there
        .map(piece -> Json.read(Hosts.Memories.class, piece.bytes()))
        .orElse(Hosts.Memories.NONE);
  }

  /// What both know: of each instant the later one. Who loses merges with what the other wrote.
  private CompletionStage<Boolean> remember(
      String key, Hosts hosts, Optional<ObjectStore.Piece> there, Run run) {
    var before = remembered(there);
    var now = hosts.memories(before, run.now());
    if (now.equals(before)) {
      return CompletableFuture.completedFuture(true);
    }
    var condition =
        there
            .<ObjectStore.Condition>map(piece -> new ObjectStore.Condition.IfMatch(piece.etag()))
            .orElseGet(ObjectStore.Condition.IfAbsent::new);
    var content = new ObjectStore.Content.Bytes(Json.bytes(now));
    return run.resume(store.put(key, content, condition))
        .thenCompose(put ->
            put instanceof ObjectStore.Put.Done
                ? CompletableFuture.completedFuture(true)
                : run.resume(store.get(key))
                    .thenCompose(theirs -> remember(key, hosts, theirs, run)));
  }

  private CompletionStage<Fetched> follow(
      FetchTask task, ArchiveReader.Contents contents, Run run) {
    return follow(
        task,
        contents.entries().size(),
        contents.leftovers(),
        contents.leftoversOffset(),
        contents.leftoversLength(),
        run,
        "again",
        0);
  }

  private CompletionStage<Fetched> follow(
      FetchTask task,
      int visits,
      List<Leftover> leftovers,
      long offset,
      long length,
      Run run,
      String outcome,
      long bytes) {
    var sends = new ArrayList<CompletableFuture<Boolean>>();
    // The round is over: what follows from its archive is sent whatever the time.
    if (visits > 0) {
      sends.add(
          extract.send(new ExtractTask(task.job(), task.part(), task.task()), Deadline.NEVER));
    }
    for (var group : LeftoverGroups.of(leftovers).groups()) {
      var message =
          new SplitTask.Leftovers(
              task.job(),
              task.part(),
              task.task(),
              group.number(),
              offset,
              length,
              group.due(),
              task.deadline());
      sends.add(split.sendLater(message, delay(group.due(), task, run), Deadline.NEVER));
    }
    return run.resume(CompletableFuture.allOf(sends.toArray(CompletableFuture<?>[]::new)))
        .thenApply(_ -> new Fetched(outcome, visits, leftovers.size(), bytes, 0));
  }

  private static Duration delay(Instant due, FetchTask task, Run run) {
    var until = due.isBefore(task.deadline()) ? due : task.deadline();
    var wait = Duration.between(run.now(), until);
    if (!wait.isPositive()) {
      return Duration.ZERO;
    }
    return wait.compareTo(Outbox.MAX_DELAY) > 0 ? Outbox.MAX_DELAY : wait;
  }

  /// One round of a task. Belongs to the executor of its run.
  private final class Round {
    private final FetchTask task;
    private final Run run;
    private final Hosts hosts;
    private final Kept kept;
    private final Visitor visitor;
    private final List<Result.Ended> ended = new ArrayList<>();
    private final List<Leftover> leftovers = new ArrayList<>();
    private Duration stall = Duration.ZERO;
    private @Nullable Throwable broken;

    Round(FetchTask task, Run run, ArchiveWriter writer, Hosts.Memories remembered) {
      this.task = task;
      this.run = run;
      hosts = new Hosts(settings.perHostRequests(), settings.perHostDelay(), remembered);
      kept = new Kept(run, new Records(archive(task)), writer);
      visitor = new Visitor(run, settings, web, hosts, kept, task.bucket());
    }

    CompletionStage<Fetched> run() {
      kept.begin(settings.userAgent());
      var jobLeft = Deadline.in(Duration.between(run.now(), task.deadline()), run::nanoTime);
      return FanOut.of(visitor::visit)
          .concurrency(settings.concurrencyRequests())
          .lanes(
              () -> new HostLanes<>(hosts, run, Errand::host, this::isFull), FetchTask.MAX_TARGETS)
          .deadline(run.deadline().earlier(jobLeft))
          .onStall(Duration.ZERO, longest -> stall = longest)
          .on(run)
          .startForEach(errands(), this::enter)
          .thenCompose(_ -> commit())
          .handle((fetched, failure) ->
              kept.discard()
                  .thenCompose(_ ->
                      failure == null
                          ? CompletableFuture.completedFuture(fetched)
                          : CompletableFuture.<Fetched>failedFuture(failure)))
          .thenCompose(fetched -> fetched)
          .thenApply(fetched -> fetched.stalled(stall));
    }

    private boolean isFull() {
      return kept.length() >= settings.archiveMaxBytes();
    }

    private List<Errand> errands() {
      var errands = new ArrayList<Errand>();
      for (var target : task.targets()) {
        switch (settings.rules().parse(target.next())) {
          case WebUrl url -> errands.add(new Errand(target, url));
          case Refusal refusal -> never(target, refusal.ending());
        }
      }
      return errands;
    }

    private void never(Target target, Ending ending) {
      var visit = Visit.never(target.line(), target.listed(), ending);
      ended.add(new Result.Ended(visit, null, run.now()));
    }

    private void enter(Outcome<Errand, Result> outcome) {
      switch (outcome) {
        case Outcome.Success<Errand, Result>(_, Result.Ended end) -> ended.add(end);
        case Outcome.Success<Errand, Result>(_, Result.LeftOver left) ->
            leftovers.add(left.leftover());
        case Outcome.Failure<Errand, Result>(_, var cause) -> broken = cause;
        case Outcome.TimedOut<Errand, Result>(var errand, _) -> leaveOver(errand);
        case Outcome.Cancelled<Errand, Result>(var errand, _) -> leaveOver(errand);
        case Outcome.NotStarted<Errand, Result>(var errand, _) -> leaveOver(errand);
      }
    }

    private void leaveOver(Errand errand) {
      var next =
          errand.redirects.isEmpty()
              ? errand.begin
              : settings.rules().parse(errand.redirects.getLast()) instanceof WebUrl last
                  ? last
                  : errand.begin;
      var parked = hosts.isParked(next.authority(), run.now());
      var due = hosts.due(next.authority());
      var to = HostBucket.of(next, settings.hostBuckets());
      leftovers.add(
          new Leftover(errand.now(), to, due.isAfter(run.now()) ? due : run.now(), parked));
    }

    private CompletionStage<Fetched> commit() {
      if (broken != null) {
        return CompletableFuture.failedFuture(broken);
      }
      if (!run.now().isBefore(task.deadline())) {
        var detail = "the job's deadline " + task.deadline() + " has passed";
        for (var left : leftovers) {
          never(left.target(), new Ending.Failed(Fault.Failed.GAVE_UP, detail));
        }
        leftovers.clear();
      }
      if (ended.size() + leftovers.size() != task.targets().size()) {
        throw new IllegalStateException(
            "every URL must have an outcome or be left over: "
                + ended.size()
                + " + "
                + leftovers.size()
                + " of "
                + task.targets().size());
      }
      return kept.finish(ended, leftovers).thenCompose(this::put);
    }

    private CompletionStage<Fetched> put(Kept.Whole whole) {
      return run.resume(
              store.put(
                  archive(task),
                  new ObjectStore.Content.File(whole.file()),
                  new ObjectStore.Condition.IfAbsent()))
          .thenCompose(put ->
              put instanceof ObjectStore.Put.Done
                  ? follow(
                      task,
                      ended.size(),
                      leftovers,
                      whole.leftoversOffset(),
                      whole.leftoversLength(),
                      run,
                      "fetched",
                      kept.length())
                  : again(task, run)); // another one was first: its archive counts
    }
  }
}
