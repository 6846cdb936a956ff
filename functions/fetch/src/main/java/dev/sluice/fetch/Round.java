package dev.sluice.fetch;

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
import dev.sluice.flow.Target;
import dev.sluice.flow.Visit;
import dev.sluice.flow.url.Refusal;
import dev.sluice.flow.url.WebUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One round of a task. Belongs to the executor of its run.
///
/// Long because a round is one piece of state: each URL of it is ended or left over, once.
final class Round {
  private final FetchTask task;
  private final RoundContext context;
  private final Run run;
  private final FetchSettings settings;
  private final Hosts hosts;
  private final HostNotes notes;
  private final RoundArchive archive;
  private final Retries retries;
  private final Deadline until;
  private final UrlFetcher fetcher;
  private final List<Result.Ended> ended = new ArrayList<>();
  private final List<Result.LeftOver> left = new ArrayList<>();
  private Duration stall = Duration.ZERO;
  private @Nullable Throwable broken;

  Round(FetchTask task, RoundContext context, RoundArchive archive, HostNotes notes) {
    this.task = task;
    this.context = context;
    this.run = context.run();
    this.settings = context.settings();
    this.hosts = context.hosts();
    this.notes = notes;
    this.archive = archive;
    retries = Retries.of(task.targets(), settings.retryBudgetPercent());
    var jobLeft =
        task.gaveUp() == null ? Duration.between(run.now(), task.deadline()) : Duration.ZERO;
    until = run.deadline().earlier(Deadline.in(jobLeft, run::nanoTime));
    var jobEndsFirst = jobLeft.compareTo(run.deadline().left()) < 0;
    fetcher = new UrlFetcher(context, archive, retries, jobEndsFirst);
  }

  /// Fetches all URLs and hands the archive over.
  ///
  /// @param deliver takes the archive, whose file is removed when the stage has completed
  CompletionStage<Fetched> run(Function<RoundArchive.Finished, CompletionStage<Fetched>> deliver) {
    archive.begin(settings.userAgent());
    return FanOut.of(fetcher::fetch)
        .concurrency(settings.concurrencyRequests())
        .lanes(
            () -> new HostLanes<>(hosts, run, UrlFetch::host, this::isOpen), FetchTask.MAX_TARGETS)
        .deadline(until, RoundTime.RESERVE)
        .onStall(Duration.ZERO, longest -> stall = longest)
        .on(run)
        .startForEach(fetches(), this::enter)
        .thenCompose(_ -> finish())
        .thenCompose(deliver)
        .handle(this::end)
        .thenCompose(fetched -> fetched)
        .thenApply(fetched -> fetched.stalled(stall));
  }

  /// Whether one more URL may start, beside so many: it must be able to end, and have room.
  private boolean isOpen(int underWay) {
    return !context.time().startBy().hasPassed()
        && archive.expected(underWay) < settings.archiveMaxBytes();
  }

  /// The memories of hosts are written, however the round ended.
  private CompletionStage<Fetched> end(@Nullable Fetched fetched, @Nullable Throwable failure) {
    return archive
        .discard()
        .thenCompose(_ -> run.resume(notes.write()))
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
    return new Result.Ended(Visit.never(target.line(), target.listed(), ending), run.now());
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
    var host = hosts.at(fetch.next());
    if (!host.isParked(run.now())) {
      fetch.forgetDeferrals(host);
    } else if (fetch.defer(host)) {
      end(fetch, host.trouble());
      return;
    }
    left.add(new Result.LeftOver(fetch, run.now()));
  }

  private void end(UrlFetch fetch, Ending ending) {
    ended.add(new Result.Ended(Visits.of(fetch, ending), run.now()));
  }

  private CompletionStage<RoundArchive.Finished> finish() {
    return broken == null
        ? askRobotsOfLeftovers().thenCompose(_ -> finishArchive())
        : CompletableFuture.failedFuture(broken);
  }

  private CompletionStage<RoundArchive.Finished> finishArchive() {
    whyNoOther()
        .ifPresent(detail -> {
          var gaveUp = new Ending.Failed(Fault.Failed.GAVE_UP, detail);
          left.forEach(over -> end(over.fetch(), gaveUp));
          left.clear();
        });
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
      left.get(i).fetch().share(retries.share(i, left.size()));
    }
    return archive.finish(ended, new LeftoverSchedule(context, run.now()).leftovers(left));
  }

  /// The reason why there is no other round; empty if there may be one. When it is too late for one
  /// more request it is too late for one more round.
  private Optional<String> whyNoOther() {
    if (task.gaveUp() != null) {
      return Optional.of(task.gaveUp());
    }
    if (!run.now()
        .plus(RoundTime.RESERVE)
        .plus(RoundTime.BEFORE_CANCEL)
        .isBefore(task.deadline())) {
      return Optional.of(Ending.deadlinePassed(task.deadline()));
    }
    return task.round() < FetchTask.MAX_ROUND
        ? Optional.empty()
        : Optional.of("left over by " + (task.round() + 1) + " rounds, the last of them this one");
  }

  /// A URL that is left over takes the answer of robots.txt along: the next round may be able to
  /// start no more than one request, which is to be that of the page. Questions beyond the steps
  /// that all may take are asked in the next round.
  private CompletionStage<?> askRobotsOfLeftovers() {
    var asked = new ArrayList<Result.LeftOver>();
    var questions = new ArrayList<Robots.Question>();
    for (var over : left) {
      var url = over.fetch().next();
      var known = hosts.at(url).robots(url.scheme());
      if (!settings.ignoreRobots() && known.isPresent() && !over.fetch().isAllowed(run.now())) {
        asked.add(over);
        questions.add(new Robots.Question(known.get(), url));
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

  private void takeAlong(Result.LeftOver over, Instant until, Robots.Permission answer) {
    over.fetch().allow(until);
    if (answer instanceof Robots.Permission.Denied(var ending, _)) {
      left.remove(over);
      end(over.fetch(), ending);
    }
  }
}
