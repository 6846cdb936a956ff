package dev.sluice.fetch;

import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.fetch.plan.Host;
import dev.sluice.fetch.plan.HostLanes;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.fetch.plan.Retries;
import dev.sluice.fetch.plan.RetryAfter;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.Parsed;
import dev.sluice.flow.url.Refusal;
import dev.sluice.flow.url.WebUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/// Runs the fetches of one round: robots.txt, redirects, retries. Belongs to the executor of its
/// run.
///
/// Long because the ways of one attempt, from its turn to its ending, are read together.
final class UrlFetcher {
  private static final int MAX_REDIRECTS = 10;

  private final RoundContext round;
  private final Hosts hosts;
  private final RoundArchive archive;
  private final Retries retries;
  private final HostTurns turns;
  private final RobotsFiles robots;
  private final boolean jobEndsFirst;

  /// @param jobEndsFirst whether the round ends because the job does, so that requests which its
  ///   end cuts do not count
  UrlFetcher(RoundContext round, RoundArchive archive, Retries retries, boolean jobEndsFirst) {
    this.round = round;
    this.hosts = round.hosts();
    this.archive = archive;
    this.retries = retries;
    this.turns = new HostTurns(round);
    this.robots = new RobotsFiles(round, turns);
    this.jobEndsFirst = jobEndsFirst;
  }

  CompletionStage<Result> fetch(UrlFetch fetch, Call call) {
    return ifAllowed(new Attempt(fetch, call));
  }

  private CompletionStage<Result> ifAllowed(Attempt attempt) {
    return robots
        .of(attempt)
        .thenCompose(rules ->
            rules.isEmpty()
                ? notNow(attempt)
                : robots
                    .refusal(rules.get(), attempt)
                    .thenCompose(refusal ->
                        refusal.isPresent()
                            ? done(ended(attempt.fetch(), refusal.get()))
                            : inTurn(attempt)));
  }

  private CompletionStage<Result> inTurn(Attempt attempt) {
    return turns
        .take(attempt.fetch(), attempt.url())
        .thenCompose(turn -> {
          if (turn.isEmpty()) {
            return notNow(attempt);
          }
          if (attempt.isLate()) {
            turn.get().run();
            return left(attempt, round.now());
          }
          var timeout = Deadline.in(round.time().patience(), round.run()::nanoTime);
          return ask(attempt.request(timeout), turn.get());
        });
  }

  private CompletionStage<Result> ask(Attempt attempt, Runnable turn) {
    return round
        .ask(attempt.url(), new Within(attempt.call(), attempt.deadline()))
        .whenComplete((_, _) -> turn.run())
        .thenCompose(reply ->
            switch (reply) {
              case Reply.Broken broken -> broken(attempt, broken);
              case Reply.Response response -> answered(attempt, response);
            });
  }

  private CompletionStage<Result> broken(Attempt attempt, Reply.Broken broken) {
    var fetch = attempt.fetch();
    if (attempt.call().isCancelled() || (jobEndsFirst && isCutByRound(attempt, broken))) {
      return left(attempt, round.now());
    }
    var ending =
        switch (broken.fault()) {
          case Fault.Failed failed -> new Ending.Failed(failed, broken.detail());
          case Fault.Refused refused -> new Ending.Refused(refused, broken.detail());
        };
    if (broken.sent()) {
      fetch.countAttempt();
    }
    if (!Retries.isTransient(broken.fault()) || isSpent(fetch)) {
      return done(ended(fetch, ending, broken));
    }
    if (broken.sent() && !retries.take()) {
      return done(ended(fetch, noRetry(broken.detail()), broken));
    }
    var host = hosts.at(attempt.url());
    if (!broken.sent()) {
      outOfReach(fetch, host, ending);
    }
    return host.isParked(round.now()) ? deferred(attempt, host) : again(attempt, backOff(fetch));
  }

  private boolean isSpent(UrlFetch fetch) {
    return fetch.attempts() >= round.settings().maxAttempts();
  }

  /// A request that was not sent is no attempt of the URL: the host is deferred, and in the end has
  /// ended.
  private void outOfReach(UrlFetch fetch, Host host, Ending why) {
    var now = round.now();
    host.missed(now, why);
    if (fetch.tries() >= round.settings().maxAttempts()) {
      host.defer(now, now, why);
    }
  }

  private static boolean isCutByRound(Attempt attempt, Reply.Broken broken) {
    return broken.fault() == Fault.Failed.TIMEOUT && attempt.isEndOfRound();
  }

  private CompletionStage<Result> answered(Attempt attempt, Reply.Response response) {
    var bytes = response.body().length();
    if (!archive.fits(bytes, round.settings().archiveMaxBytes())) {
      response.body().close();
      return done(new Result.LeftOver(attempt.fetch(), round.now(), bytes));
    }
    var redirect = round.redirect(attempt.url(), response);
    return redirect.isPresent()
        ? redirect(attempt, response, redirect.get())
        : finalAnswer(attempt, response);
  }

  private CompletionStage<Result> redirect(
      Attempt attempt, Reply.Response response, Parsed location) {
    var fetch = attempt.fetch();
    hosts.at(attempt.url()).answered();
    return archive
        .exchange(fetch.nextRecord(), attempt.url(), response)
        .thenCompose(_ ->
            switch (location) {
              case Refusal refusal -> done(ended(fetch, refusal.ending(), response));
              case WebUrl next ->
                  loop(fetch, next)
                      .map(loop -> done(ended(fetch, loop, response)))
                      .orElseGet(() -> follow(attempt.redirected(next)));
            });
  }

  private static Optional<Ending> loop(UrlFetch fetch, WebUrl next) {
    var wasAt = fetch.wasAt(next);
    if (!wasAt && fetch.redirects() < MAX_REDIRECTS) {
      return Optional.empty();
    }
    var detail =
        wasAt
            ? "redirected again to " + next
            : "more than " + MAX_REDIRECTS + " redirects, the last to " + next;
    return Optional.of(new Ending.Failed(Fault.Failed.REDIRECT_LOOP, detail));
  }

  /// Asks the next URL of an attempt, unless another host group has it or the timeout would pass
  /// before its host may be asked.
  private CompletionStage<Result> follow(Attempt attempt) {
    if (!round.isOurs(attempt.url())) {
      return left(attempt, round.now());
    }
    var due = hosts.at(attempt.url()).due();
    return Duration.between(round.now(), due).compareTo(attempt.timeout().orElseThrow().left()) >= 0
        ? left(attempt, due)
        : ifAllowed(attempt);
  }

  private CompletionStage<Result> finalAnswer(Attempt attempt, Reply.Response response) {
    var fetch = attempt.fetch();
    var host = hosts.at(attempt.url());
    fetch.countAttempt();
    var status = response.status();
    var parks = status == 429 || status == 503;
    if (!parks) {
      host.answered();
      if (status < 500) {
        return stored(attempt, response, new Ending.Stored());
      }
    }
    var why = new Ending.Failed(Fault.Failed.HTTP, attempt.url().origin() + " answered " + status);
    if (parks) {
      var now = round.now();
      var asked = response.field("Retry-After").flatMap(value -> RetryAfter.of(value, now));
      host.defer(asked.orElse(now), now, why);
    }
    if (isSpent(fetch)) {
      var detail = "the answer was still " + status + " after " + fetch.attempts() + " attempts";
      return stored(attempt, response, new Ending.Failed(Fault.Failed.HTTP, detail));
    }
    if (parks && fetch.defer(host)) {
      return stored(attempt, response, host.trouble());
    }
    if (!retries.take()) {
      return stored(attempt, response, noRetry(why.detail()));
    }
    response.body().close();
    return again(attempt, parks ? host.due() : backOff(fetch));
  }

  private static Ending.Failed noRetry(String last) {
    return new Ending.Failed(
        Fault.Failed.GAVE_UP, "the retry budget of the job is spent; the last attempt: " + last);
  }

  private CompletionStage<Result> stored(Attempt attempt, Reply.Response response, Ending ending) {
    var fetch = attempt.fetch();
    return archive
        .exchange(fetch.nextRecord(), attempt.url(), response)
        .thenApply(kept -> {
          var visit = Visits.of(fetch, ending, response, kept.digest());
          return new Result.Ended(visit, Optional.of(kept.responseId()), round.now());
        });
  }

  /// The attempt has no turn soon.
  private CompletionStage<Result> notNow(Attempt attempt) {
    var now = round.now();
    var host = hosts.at(attempt.url());
    if (host.isParked(now)) {
      return deferred(attempt, host);
    }
    var due = host.due();
    return left(attempt, due.isAfter(now) ? due : now);
  }

  /// Its host was parked or could not be reached.
  private CompletionStage<Result> deferred(Attempt attempt, Host host) {
    return attempt.fetch().defer(host)
        ? done(ended(attempt.fetch(), host.trouble()))
        : again(attempt, host.due());
  }

  /// Tries again inside the round if that is soon, otherwise in the next one.
  private CompletionStage<Result> again(Attempt attempt, Instant at) {
    var hostDue = hosts.at(attempt.url()).due();
    var due = hostDue.isAfter(at) ? hostDue : at;
    var wait = Duration.between(round.now(), due);
    if (wait.compareTo(HostLanes.MOST_WAIT) > 0 || !round.time().mayStartIn(wait)) {
      return left(attempt, due);
    }
    return turns.pause(due).thenCompose(_ -> ifAllowed(attempt.again()));
  }

  private Instant backOff(UrlFetch fetch) {
    var most = 250L << Math.min(fetch.tries(), 4);
    return round.now().plusMillis(most / 2 + round.run().random().nextLong(most / 2));
  }

  private static CompletionStage<Result> left(Attempt attempt, Instant at) {
    return done(new Result.LeftOver(attempt.fetch(), at));
  }

  private Result.Ended ended(UrlFetch fetch, Ending ending) {
    return new Result.Ended(Visits.of(fetch, ending), round.now());
  }

  private Result.Ended ended(UrlFetch fetch, Ending ending, Reply reply) {
    return new Result.Ended(Visits.of(fetch, ending, reply), round.now());
  }

  private static CompletionStage<Result> done(Result result) {
    return CompletableFuture.completedFuture(result);
  }

  /// The same call under an earlier deadline.
  private record Within(Call call, Deadline deadline) implements Call {
    @Override
    public boolean isCancelled() {
      return call.isCancelled();
    }

    @Override
    public <F extends Future<?>> F own(F source) {
      return call.own(source);
    }

    @Override
    public void onCancel(Runnable action) {
      call.onCancel(action);
    }
  }
}
