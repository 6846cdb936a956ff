package dev.sluice.fetch;

import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.fetch.plan.HostLanes;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.fetch.plan.Retries;
import dev.sluice.fetch.plan.RetryAfter;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Took;
import dev.sluice.flow.Visit;
import dev.sluice.flow.Web;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.HostGroup;
import dev.sluice.flow.url.Refusal;
import dev.sluice.flow.url.WebUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Runs the fetches of one round: robots.txt, redirects, retries. Belongs to the executor of its
/// run.
final class UrlFetcher {
  static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  static final Set<Fault> TRANSIENT =
      Set.of(Fault.Failed.CONNECT, Fault.Failed.TIMEOUT, Fault.Failed.DISCONNECT);

  private static final int MAX_REDIRECTS = 10;

  private final Run run;
  private final FetchSettings settings;
  private final Web web;
  private final Hosts hosts;
  private final RoundArchive archive;
  private final RoundTime time;
  private final Retries retries;
  private final HostTurns turns;
  private final RobotsFiles robots;
  private final int hostGroup;
  private final boolean jobEndsFirst;

  /// @param jobEndsFirst whether what the end of the round cuts, the job's deadline cuts
  UrlFetcher(
      Run run,
      FetchSettings settings,
      Web web,
      Hosts hosts,
      RoundArchive archive,
      RoundTime time,
      Retries retries,
      int hostGroup,
      boolean jobEndsFirst) {
    this.run = run;
    this.settings = settings;
    this.web = web;
    this.hosts = hosts;
    this.archive = archive;
    this.time = time;
    this.retries = retries;
    this.turns = new HostTurns(run, hosts, time);
    this.robots = new RobotsFiles(run, settings, web, hosts, turns, time, hostGroup);
    this.hostGroup = hostGroup;
    this.jobEndsFirst = jobEndsFirst;
  }

  CompletionStage<Result> visit(UrlFetch fetch, Call call) {
    return attempt(fetch, fetch.begin, call);
  }

  /// One attempt, its redirects included, under one timeout.
  private CompletionStage<Result> attempt(UrlFetch fetch, WebUrl url, Call call) {
    return allowed(fetch, url, call, null);
  }

  /// @param timeout of the attempt; null if it begins with this request
  private CompletionStage<Result> allowed(
      UrlFetch fetch, WebUrl url, Call call, @Nullable Deadline timeout) {
    return robots
        .of(url, fetch, call)
        .thenCompose(rules ->
            rules.isEmpty()
                ? notNow(fetch, url, call)
                : robots
                    .refusal(rules.get(), url, fetch)
                    .thenCompose(refusal ->
                        refusal.isPresent()
                            ? ended(fetch, url, refusal.get(), null, null, null)
                            : inTurn(fetch, url, call, timeout)));
  }

  private CompletionStage<Result> inTurn(
      UrlFetch fetch, WebUrl url, Call call, @Nullable Deadline timeout) {
    return turns
        .take(fetch, url.authority())
        .thenCompose(turn -> {
          if (turn.isEmpty()) {
            return notNow(fetch, url, call);
          }
          if (timeout != null && timeout.hasPassed()) {
            turn.get().run();
            return left(fetch, url, run.now());
          }
          if (timeout == null) {
            fetch.tries++;
          }
          var until = timeout == null ? Deadline.in(time.patience(), run::nanoTime) : timeout;
          return ask(fetch, url, call, until, turn.get());
        });
  }

  private CompletionStage<Result> ask(
      UrlFetch fetch, WebUrl url, Call call, Deadline timeout, Runnable turn) {
    var within = timeout.earlier(call.deadline().minus(RoundTime.BEFORE_CANCEL));
    return run.resume(web.ask(url, new Within(call, within)))
        .whenComplete((_, _) -> turn.run())
        .thenCompose(reply ->
            switch (reply) {
              case Reply.Broken broken -> broken(fetch, url, broken, call);
              case Reply.Response response -> {
                var bytes = response.body().length();
                if (!archive.fits(bytes, settings.archiveMaxBytes())) {
                  response.body().close();
                  yield done(new Result.LeftOver(fetch, url, run.now(), bytes));
                }
                var location = response.field("Location");
                yield REDIRECTS.contains(response.status()) && location.isPresent()
                    ? redirect(fetch, url, response, location.get(), call, timeout)
                    : answered(fetch, url, response, call);
              }
            });
  }

  private CompletionStage<Result> broken(
      UrlFetch fetch, WebUrl url, Reply.Broken broken, Call call) {
    if (call.isCancelled() || (jobEndsFirst && isEndOfRound(broken, call))) {
      return left(fetch, url, run.now());
    }
    var ending =
        switch (broken.fault()) {
          case Fault.Failed failed -> new Ending.Failed(failed, broken.detail());
          case Fault.Refused refused -> new Ending.Refused(refused, broken.detail());
        };
    var isTransient = TRANSIENT.contains(broken.fault());
    if (broken.sent()) {
      fetch.attempts++;
    }
    if (!isTransient || fetch.attempts >= settings.maxAttempts()) {
      return ended(fetch, url, ending, broken, null, null);
    }
    if (broken.sent() && !retries.take()) {
      return ended(fetch, url, noRetry(broken.detail()), broken, null, null);
    }
    if (!broken.sent()) {
      outOfReach(fetch, url, ending);
    }
    return hosts.isParked(url.authority(), run.now())
        ? deferred(fetch, url, call)
        : again(fetch, url, backOff(fetch), call);
  }

  /// That spends no attempt of the URL: it is the host that waits, and in the end has ended.
  private void outOfReach(UrlFetch fetch, WebUrl url, Ending why) {
    var now = run.now();
    hosts.missed(url.authority(), now, why);
    if (fetch.tries >= settings.maxAttempts()) {
      hosts.defer(url.authority(), now, now, why);
    }
  }

  /// It was cut because the round ends, and not by its own timeout.
  private static boolean isEndOfRound(Reply.Broken broken, Call call) {
    return broken.fault() == Fault.Failed.TIMEOUT
        && call.deadline().minus(RoundTime.BEFORE_CANCEL).hasPassed();
  }

  private CompletionStage<Result> redirect(
      UrlFetch fetch,
      WebUrl url,
      Reply.Response response,
      String location,
      Call call,
      Deadline timeout) {
    hosts.answered(url.authority());
    return archive
        .exchange(fetch, url, response)
        .thenCompose(_ ->
            switch (settings.rules().resolve(url, location)) {
              case Refusal refusal -> ended(fetch, url, refusal.ending(), response, null, null);
              case WebUrl next -> {
                if (fetch.wasAt(next) || fetch.redirects.size() >= MAX_REDIRECTS) {
                  var detail =
                      fetch.wasAt(next)
                          ? "redirected again to " + next
                          : "more than " + MAX_REDIRECTS + " redirects, the last to " + next;
                  yield ended(
                      fetch,
                      url,
                      new Ending.Failed(Fault.Failed.REDIRECT_LOOP, detail),
                      response,
                      null,
                      null);
                }
                fetch.redirected(next);
                yield HostGroup.of(next, settings.hostGroups()) == hostGroup
                    ? follow(fetch, next, call, timeout)
                    : left(fetch, next, run.now());
              }
            });
  }

  private CompletionStage<Result> follow(UrlFetch fetch, WebUrl next, Call call, Deadline timeout) {
    var due = hosts.due(next.authority());
    return Duration.between(run.now(), due).compareTo(timeout.left()) >= 0
        ? left(fetch, next, due)
        : allowed(fetch, next, call, timeout);
  }

  private CompletionStage<Result> answered(
      UrlFetch fetch, WebUrl url, Reply.Response response, Call call) {
    fetch.attempts++;
    var status = response.status();
    var parks = status == 429 || status == 503;
    if (!parks) {
      hosts.answered(url.authority());
      if (status < 500) {
        return stored(fetch, url, response, new Ending.Stored());
      }
    }
    var why = new Ending.Failed(Fault.Failed.HTTP, url.origin() + " answered " + status);
    if (parks) {
      var now = run.now();
      var asked = response.field("Retry-After").flatMap(value -> RetryAfter.of(value, now));
      hosts.defer(url.authority(), asked.orElse(now), now, why);
    }
    if (fetch.attempts >= settings.maxAttempts()) {
      var detail = "the answer was still " + status + " after " + fetch.attempts + " attempts";
      return stored(fetch, url, response, new Ending.Failed(Fault.Failed.HTTP, detail));
    }
    if (parks && defers(fetch, url)) {
      return stored(fetch, url, response, hosts.trouble(url.authority()));
    }
    if (!retries.take()) {
      return stored(fetch, url, response, noRetry(why.detail()));
    }
    response.body().close();
    var at = parks ? hosts.due(url.authority()) : backOff(fetch);
    return again(fetch, url, at, call);
  }

  private static Ending.Failed noRetry(String last) {
    return new Ending.Failed(
        Fault.Failed.GAVE_UP, "the retry budget of the job is spent; the last attempt: " + last);
  }

  private CompletionStage<Result> stored(
      UrlFetch fetch, WebUrl url, Reply.Response response, Ending ending) {
    return archive
        .exchange(fetch, url, response)
        .thenCompose(exchange ->
            ended(fetch, url, ending, response, exchange.responseId(), exchange.digest()));
  }

  /// It has no turn soon.
  private CompletionStage<Result> notNow(UrlFetch fetch, WebUrl url, Call call) {
    var now = run.now();
    if (hosts.isParked(url.authority(), now)) {
      return deferred(fetch, url, call);
    }
    var due = hosts.due(url.authority());
    return left(fetch, url, due.isAfter(now) ? due : now);
  }

  /// Its host was parked or could not be reached.
  private CompletionStage<Result> deferred(UrlFetch fetch, WebUrl url, Call call) {
    return defers(fetch, url)
        ? ended(fetch, url, hosts.trouble(url.authority()), null, null, null)
        : again(fetch, url, hosts.due(url.authority()), call);
  }

  /// Counts that the URL's host waits. What its host answered since does not count.
  ///
  /// @return whether that is the end of it
  boolean defers(UrlFetch fetch, WebUrl url) {
    var host = url.authority();
    fetch.deferrals = Math.min(fetch.deferrals + 1, hosts.deferrals(host));
    return fetch.deferrals >= Hosts.MAX_DEFERRALS || hosts.hasEnded(host);
  }

  /// Inside the round if it is soon, otherwise in the next one.
  private CompletionStage<Result> again(UrlFetch fetch, WebUrl url, Instant at, Call call) {
    var due = hosts.due(url.authority()).isAfter(at) ? hosts.due(url.authority()) : at;
    var wait = Duration.between(run.now(), due);
    if (wait.compareTo(HostLanes.MOST_WAIT) > 0 || !time.mayStartIn(wait)) {
      return left(fetch, url, due);
    }
    return turns.pause(due).thenCompose(_ -> attempt(fetch, url, call));
  }

  private Instant backOff(UrlFetch fetch) {
    var most = 250L << Math.min(fetch.tries, 4);
    return run.now().plusMillis(most / 2 + run.random().nextLong(most / 2));
  }

  private static CompletionStage<Result> left(UrlFetch fetch, WebUrl next, Instant at) {
    return done(new Result.LeftOver(fetch, next, at, 0));
  }

  /// The outcome of a fetch whose host has ended before it had its turn.
  Result.Ended ended(UrlFetch fetch, WebUrl url, Ending ending) {
    return result(fetch, url, ending, null, null, null);
  }

  private CompletionStage<Result> ended(
      UrlFetch fetch,
      WebUrl url,
      Ending ending,
      @Nullable Reply reply,
      @Nullable String responseId,
      @Nullable String digest) {
    return done(result(fetch, url, ending, reply, responseId, digest));
  }

  private Result.Ended result(
      UrlFetch fetch,
      WebUrl url,
      Ending ending,
      @Nullable Reply reply,
      @Nullable String responseId,
      @Nullable String digest) {
    var response = reply instanceof Reply.Response got ? got : null;
    var type = response == null ? null : response.field("Content-Type").orElse(null);
    return new Result.Ended(
        new Visit(
            fetch.target.line(),
            fetch.target.listed(),
            ending,
            fetch.attempts,
            url.href(),
            fetch.redirects,
            reply == null ? null : reply.at(),
            response == null ? null : response.status(),
            reply == null ? null : reply.ip(),
            reply == null ? Took.NOTHING : reply.took(),
            response == null ? 0 : response.bytesWire(),
            response == null ? 0 : response.bytesBody(),
            mimeType(type),
            charset(type),
            digest,
            response == null ? null : response.truncated()),
        responseId,
        run.now());
  }

  private static @Nullable String mimeType(@Nullable String contentType) {
    if (contentType == null) {
      return null;
    }
    var type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return type.isEmpty() ? null : type;
  }

  private static @Nullable String charset(@Nullable String contentType) {
    if (contentType == null) {
      return null;
    }
    for (var parameter : contentType.split(";", -1)) {
      var pair = parameter.split("=", 2);
      if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("charset")) {
        return pair[1].strip().replace("\"", "").toLowerCase(Locale.ROOT);
      }
    }
    return null;
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
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
