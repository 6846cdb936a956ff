package dev.sluice.fetch;

import dev.sluice.archive.ArchiveTail;
import dev.sluice.archive.ArchiveWriter;
import dev.sluice.archive.Records;
import dev.sluice.async.Deadline;
import dev.sluice.async.FanOut;
import dev.sluice.async.Outcome;
import dev.sluice.async.Run;
import dev.sluice.fetch.plan.HostLanes;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.fetch.plan.Retries;
import dev.sluice.fetch.plan.Robots;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Followers;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Stage;
import dev.sluice.flow.Target;
import dev.sluice.flow.Visit;
import dev.sluice.flow.Web;
import dev.sluice.flow.url.Refusal;
import dev.sluice.flow.url.WebUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Fetches the URLs of a task into one archive that holds an outcome or a leftover for each.
///
/// Long because a round is one piece of state: each URL of it is ended or left over, once.
final class FetchStage implements Stage<FetchTask, Fetched> {
  private final FetchSettings settings;
  private final ObjectStore store;
  private final Followers followers;
  private final Web web;
  private final Path temp;

  /// @param temp the folder in which an archive lies until it is put
  FetchStage(FetchSettings settings, ObjectStore store, Followers followers, Web web, Path temp) {
    this.settings = settings;
    this.store = store;
    this.followers = followers;
    this.web = web;
    this.temp = temp;
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
    return ArchiveTail.read(store, archive(task), run)
        .thenCompose(tail -> follow(task, tail.orElseThrow(), run, "again", 0));
  }

  private CompletionStage<Fetched> fetch(FetchTask task, Run run) {
    return HostNotes.read(store, run, Keys.hosts(task.hostGroup()))
        .thenCompose(notes ->
            run.blocking()
                .submit(() -> ArchiveWriter.create(temp))
                .thenCompose(writer -> run.resume(new Round(task, run, writer, notes).run())));
  }

  private CompletionStage<Fetched> follow(
      FetchTask task, ArchiveTail tail, Run run, String outcome, long bytes) {
    var archived = tail.of(task);
    return followers
        .tell(archived, run)
        .thenApply(
            _ -> new Fetched(outcome, archived.outcomes(), archived.leftovers().size(), bytes, 0));
  }

  /// One round of a task. Belongs to the executor of its run.
  private final class Round {
    private final FetchTask task;
    private final Run run;
    private final HostNotes notes;
    private final Hosts hosts;
    private final RoundArchive archive;
    private final RoundTime time;
    private final Retries retries;
    private final Deadline until;
    private final UrlFetcher fetcher;
    private final List<Result.Ended> ended = new ArrayList<>();
    private final List<Result.LeftOver> left = new ArrayList<>();
    private Duration stall = Duration.ZERO;
    private @Nullable Throwable broken;

    Round(FetchTask task, Run run, ArchiveWriter writer, HostNotes notes) {
      this.task = task;
      this.run = run;
      this.notes = notes;
      hosts =
          new Hosts(
              new Hosts.Limits(
                  settings.perHostRequests(), settings.perHostDelay(), settings.hostBackOff()),
              run.random(),
              notes.memories(),
              run.now(),
              this::noteSoon);
      archive = new RoundArchive(run, new Records(archive(task)), writer);
      time = RoundTime.of(run, settings.timeout());
      retries = Retries.of(task.targets(), settings.retryBudgetPercent());
      var jobLeft =
          task.gaveUp() == null ? Duration.between(run.now(), task.deadline()) : Duration.ZERO;
      until = run.deadline().earlier(Deadline.in(jobLeft, run::nanoTime));
      var jobEndsFirst = jobLeft.compareTo(run.deadline().left()) < 0;
      fetcher =
          new UrlFetcher(
              run, settings, web, hosts, archive, time, retries, task.hostGroup(), jobEndsFirst);
    }

    private void noteSoon() {
      notes.writeSoon(hosts);
    }

    CompletionStage<Fetched> run() {
      archive.begin(settings.userAgent());
      return FanOut.of(fetcher::visit)
          .concurrency(settings.concurrencyRequests())
          .lanes(
              () -> new HostLanes<>(hosts, run, UrlFetch::host, this::isOpen),
              FetchTask.MAX_TARGETS)
          .deadline(until, RoundTime.RESERVE)
          .onStall(Duration.ZERO, longest -> stall = longest)
          .on(run)
          .startForEach(fetches(), this::enter)
          .thenCompose(_ -> commit())
          .handle(this::end)
          .thenCompose(fetched -> fetched)
          .thenApply(fetched -> fetched.stalled(stall));
    }

    /// Whether one more may start, beside so many: it must be able to end, and have room.
    private boolean isOpen(int underWay) {
      return !time.startBy().hasPassed() && archive.expected(underWay) < settings.archiveMaxBytes();
    }

    /// Whatever became of the round, what it learnt of hosts is kept.
    private CompletionStage<Fetched> end(@Nullable Fetched fetched, @Nullable Throwable failure) {
      return archive
          .discard()
          .thenCompose(_ -> run.resume(notes.write(hosts)))
          .handle((_, unwritten) -> {
            var why = failure == null ? unwritten : failure;
            return why == null && fetched != null
                ? CompletableFuture.completedFuture(fetched)
                : CompletableFuture.<Fetched>failedFuture(
                    why == null ? new IllegalStateException("no result") : why);
          })
          .thenCompose(result -> result);
    }

    private List<UrlFetch> fetches() {
      var fetches = new ArrayList<UrlFetch>();
      for (var target : task.targets()) {
        switch (settings.rules().parse(target.next())) {
          case WebUrl url -> fetches.add(new UrlFetch(target, url));
          case Refusal refusal -> ended.add(never(target, refusal.ending()));
        }
      }
      return fetches;
    }

    private Result.Ended never(Target target, Ending ending) {
      var visit = Visit.never(target.line(), target.listed(), ending);
      return new Result.Ended(visit, null, run.now());
    }

    private void enter(Outcome<UrlFetch, Result> outcome) {
      switch (outcome) {
        case Outcome.Success<UrlFetch, Result>(_, Result.Ended end) -> ended.add(end);
        case Outcome.Success<UrlFetch, Result>(_, Result.LeftOver over) -> left.add(over);
        case Outcome.Failure<UrlFetch, Result>(_, var cause) -> broken = cause;
        case Outcome.TimedOut<UrlFetch, Result>(var fetch, _) -> leaveOver(fetch);
        case Outcome.Cancelled<UrlFetch, Result>(var fetch, _) -> leaveOver(fetch);
        case Outcome.NotStarted<UrlFetch, Result>(var fetch, _) -> leaveOver(fetch);
      }
    }

    private void leaveOver(UrlFetch fetch) {
      var next =
          fetch.redirects.isEmpty()
              ? fetch.begin
              : settings.rules().parse(fetch.redirects.getLast()) instanceof WebUrl last
                  ? last
                  : fetch.begin;
      var host = next.authority();
      if (!hosts.isParked(host, run.now())) {
        fetch.deferrals = Math.min(fetch.deferrals, hosts.deferrals(host));
      } else if (fetcher.defers(fetch, next)) {
        ended.add(fetcher.ended(fetch, next, hosts.trouble(host)));
        return;
      }
      left.add(new Result.LeftOver(fetch, next, run.now(), 0));
    }

    private CompletionStage<Fetched> commit() {
      if (broken != null) {
        return CompletableFuture.failedFuture(broken);
      }
      return takeAlongRobots().thenCompose(_ -> commitAll());
    }

    private CompletionStage<Fetched> commitAll() {
      var detail = whyNoOther();
      if (detail != null) {
        var gaveUp = new Ending.Failed(Fault.Failed.GAVE_UP, detail);
        left.forEach(over -> ended.add(fetcher.ended(over.fetch(), over.next(), gaveUp)));
        left.clear();
      }
      if (ended.size() + left.size() != task.targets().size()) {
        throw new IllegalStateException(
            "every URL must have an outcome or be left over: "
                + ended.size()
                + " + "
                + left.size()
                + " of "
                + task.targets().size());
      }
      for (var i = 0; i < left.size(); i++) {
        left.get(i).fetch().retries = retries.share(i, left.size());
      }
      var leftovers =
          new LeftoverSchedule(
                  hosts,
                  settings.hostGroups(),
                  task.hostGroup(),
                  run.now(),
                  settings.archiveMaxBytes())
              .leftovers(left);
      return archive.finish(ended, leftovers).thenCompose(this::put);
    }

    /// Why there is no other round; null if there may be one. When it is too late for one more
    /// request it is too late for one more round.
    private @Nullable String whyNoOther() {
      if (task.gaveUp() != null) {
        return task.gaveUp();
      }
      if (!run.now()
          .plus(RoundTime.RESERVE)
          .plus(RoundTime.BEFORE_CANCEL)
          .isBefore(task.deadline())) {
        return "the job's deadline " + task.deadline() + " has passed";
      }
      return task.round() < FetchTask.MAX_ROUND
          ? null
          : "left over by " + (task.round() + 1) + " rounds, the last of them this one";
    }

    /// A URL that is left over takes the answer of robots.txt along: the next round may be able to
    /// start no more than one request, and is to start the page's. A question that takes too many
    /// steps now is asked then.
    private CompletionStage<?> takeAlongRobots() {
      var asked = new ArrayList<Result.LeftOver>();
      var questions = new ArrayList<Robots.Question>();
      for (var over : left) {
        var known = hosts.robots(over.next());
        if (!settings.ignoreRobots() && known.isPresent() && !over.fetch().isAllowed(run.now())) {
          asked.add(over);
          questions.add(new Robots.Question(known.get(), over.next()));
        }
      }
      return questions.isEmpty()
          ? CompletableFuture.completedFuture(true)
          : run.resume(run.cpu().submit(() -> Robots.answers(questions)))
              .thenAccept(answers -> {
                for (var i = 0; i < answers.size(); i++) {
                  takeAlong(asked.get(i), questions.get(i).known().until(), answers.get(i));
                }
              });
    }

    private void takeAlong(Result.LeftOver over, Instant until, Robots.Answer answer) {
      over.fetch().allowedUntil = until;
      if (answer.ending() != null) {
        left.remove(over);
        ended.add(fetcher.ended(over.fetch(), over.next(), answer.ending()));
      }
    }

    private CompletionStage<Fetched> put(RoundArchive.Whole whole) {
      return run.resume(
              store.put(
                  archive(task),
                  new ObjectStore.Content.File(whole.file()),
                  new ObjectStore.Condition.IfAbsent()))
          .thenCompose(put ->
              put instanceof ObjectStore.Put.Done
                  ? follow(task, whole.tail(), run, "fetched", archive.length())
                  : again(task, run)); // another one was first: its archive counts
    }
  }
}
