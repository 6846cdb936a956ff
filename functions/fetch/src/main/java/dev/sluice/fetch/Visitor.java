package dev.sluice.fetch;

import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.fetch.plan.RetryAfter;
import dev.sluice.fetch.plan.Robots;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.Took;
import dev.sluice.flow.Visit;
import dev.sluice.flow.Web;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.HostBucket;
import dev.sluice.flow.url.Refusal;
import dev.sluice.flow.url.WebUrl;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Runs the errands of one round: robots.txt, redirects, retries. Belongs to the executor of its
/// run.
final class Visitor {
  /// A wait up to this happens inside the round.
  private static final Duration SHORT = Duration.ofSeconds(2);

  /// So much earlier than the call is cancelled an exchange ends by itself, so that what it has of
  /// a body is stored, and not lost with the call.
  private static final Duration BEFORE_CANCEL = Duration.ofMillis(100);

  private static final int MAX_REDIRECTS = 10;
  private static final int MAX_ROBOTS_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Fault> TRANSIENT =
      Set.of(Fault.Failed.CONNECT, Fault.Failed.TIMEOUT, Fault.Failed.DISCONNECT);

  private final Run run;
  private final FetchSettings settings;
  private final Web web;
  private final Hosts hosts;
  private final Kept kept;
  private final int bucket;
  private final Map<String, CompletableFuture<Robots>> robots = new HashMap<>();

  Visitor(Run run, FetchSettings settings, Web web, Hosts hosts, Kept kept, int bucket) {
    this.run = run;
    this.settings = settings;
    this.web = web;
    this.hosts = hosts;
    this.kept = kept;
    this.bucket = bucket;
  }

  CompletionStage<Result> visit(Errand errand, Call call) {
    return attempt(errand, errand.begin, call);
  }

  /// One attempt, its redirects included, under one timeout.
  private CompletionStage<Result> attempt(Errand errand, WebUrl url, Call call) {
    errand.tries++;
    return allowed(errand, url, call, Deadline.in(settings.timeout(), run::nanoTime));
  }

  private CompletionStage<Result> allowed(Errand errand, WebUrl url, Call call, Deadline timeout) {
    return robots(url, call)
        .thenCompose(rules ->
            rules
                .refusal(url)
                .<CompletionStage<Result>>map(
                    ending -> ended(errand, url, ending, null, null, null))
                .orElseGet(() -> ask(errand, url, call, timeout)));
  }

  private CompletionStage<Result> ask(Errand errand, WebUrl url, Call call, Deadline timeout) {
    var within = timeout.earlier(call.deadline().minus(BEFORE_CANCEL));
    return run.resume(web.ask(url, new Within(call, within)))
        .thenCompose(reply ->
            switch (reply) {
              case Reply.Broken broken -> broken(errand, url, broken, call);
              case Reply.Response response -> {
                var location = response.field("Location");
                yield REDIRECTS.contains(response.status()) && location.isPresent()
                    ? redirect(errand, url, response, location.get(), call, timeout)
                    : answered(errand, url, response, call);
              }
            });
  }

  private CompletionStage<Result> broken(
      Errand errand, WebUrl url, Reply.Broken broken, Call call) {
    if (call.isCancelled() || isEndOfRun(broken, call)) {
      return left(errand, url, run.now(), false);
    }
    if (broken.sent()) {
      errand.attempts++;
    }
    if (TRANSIENT.contains(broken.fault())
        && Math.max(errand.tries, errand.attempts) < settings.maxAttempts()) {
      return again(errand, url, backOff(errand), false, call);
    }
    var ending =
        switch (broken.fault()) {
          case Fault.Failed failed -> new Ending.Failed(failed, broken.detail());
          case Fault.Refused refused -> new Ending.Refused(refused, broken.detail());
        };
    return ended(errand, url, ending, broken, null, null);
  }

  /// It was cut because the round ends, and not by its own timeout: no fair attempt.
  private static boolean isEndOfRun(Reply.Broken broken, Call call) {
    return broken.fault() == Fault.Failed.TIMEOUT
        && call.deadline().minus(BEFORE_CANCEL).hasPassed();
  }

  private CompletionStage<Result> redirect(
      Errand errand,
      WebUrl url,
      Reply.Response response,
      String location,
      Call call,
      Deadline timeout) {
    return kept.exchange(errand, url, response)
        .thenCompose(_ ->
            switch (settings.rules().resolve(url, location)) {
              case Refusal refusal -> ended(errand, url, refusal.ending(), response, null, null);
              case WebUrl next -> {
                if (errand.wasAt(next) || errand.redirects.size() >= MAX_REDIRECTS) {
                  var detail =
                      errand.wasAt(next)
                          ? "redirected again to " + next
                          : "more than " + MAX_REDIRECTS + " redirects, the last to " + next;
                  yield ended(
                      errand,
                      url,
                      new Ending.Failed(Fault.Failed.REDIRECT_LOOP, detail),
                      response,
                      null,
                      null);
                }
                errand.redirects.add(next.href());
                yield HostBucket.of(next, settings.hostBuckets()) == bucket
                    ? follow(errand, next, call, timeout)
                    : left(errand, next, run.now(), false);
              }
            });
  }

  private CompletionStage<Result> follow(Errand errand, WebUrl next, Call call, Deadline timeout) {
    var wait = Duration.between(run.now(), hosts.due(next.authority()));
    if (wait.compareTo(timeout.left()) >= 0) {
      return left(errand, next, hosts.due(next.authority()), false);
    }
    return pause(hosts.reserve(next.authority(), run.now()))
        .thenCompose(_ -> allowed(errand, next, call, timeout));
  }

  private CompletionStage<Result> answered(
      Errand errand, WebUrl url, Reply.Response response, Call call) {
    errand.attempts++;
    var status = response.status();
    if (status != 429 && status < 500) {
      return stored(errand, url, response, new Ending.Stored());
    }
    var asked =
        status == 429 || status == 503
            ? response.field("Retry-After").flatMap(value -> RetryAfter.of(value, run.now()))
            : Optional.<Instant>empty();
    asked.ifPresent(until -> hosts.park(url.authority(), until));
    if (errand.attempts >= settings.maxAttempts()) {
      var detail = "the answer was still " + status + " after " + errand.attempts + " attempts";
      return stored(errand, url, response, new Ending.Failed(Fault.Failed.HTTP, detail));
    }
    response.body().close();
    return again(errand, url, asked.orElseGet(() -> backOff(errand)), asked.isPresent(), call);
  }

  private CompletionStage<Result> stored(
      Errand errand, WebUrl url, Reply.Response response, Ending ending) {
    return kept.exchange(errand, url, response)
        .thenCompose(exchange ->
            ended(errand, url, ending, response, exchange.responseId(), exchange.digest()));
  }

  /// Inside the round if it is soon, otherwise in the next one.
  private CompletionStage<Result> again(
      Errand errand, WebUrl url, Instant at, boolean parked, Call call) {
    var due = hosts.due(url.authority()).isAfter(at) ? hosts.due(url.authority()) : at;
    var wait = Duration.between(run.now(), due);
    if (wait.compareTo(SHORT) > 0 || wait.compareTo(call.deadline().left()) >= 0) {
      return left(errand, url, due, parked);
    }
    return pause(due)
        .thenCompose(_ -> pause(hosts.reserve(url.authority(), run.now())))
        .thenCompose(_ -> attempt(errand, url, call));
  }

  private Instant backOff(Errand errand) {
    var most = 250L << Math.min(errand.tries, 4);
    return run.now().plusMillis(most / 2 + run.random().nextLong(most / 2));
  }

  private CompletionStage<?> pause(Instant until) {
    var wait = Duration.between(run.now(), until);
    return wait.isPositive() ? run.sleep(wait) : CompletableFuture.completedFuture(true);
  }

  private CompletionStage<Result> left(Errand errand, WebUrl next, Instant at, boolean parked) {
    var to = HostBucket.of(next, settings.hostBuckets());
    return done(new Result.LeftOver(new Leftover(errand.now(), to, at, parked)));
  }

  private CompletionStage<Result> ended(
      Errand errand,
      WebUrl url,
      Ending ending,
      @Nullable Reply reply,
      @Nullable String responseId,
      @Nullable String digest) {
    var response = reply instanceof Reply.Response got ? got : null;
    var type = response == null ? null : response.field("Content-Type").orElse(null);
    return done(
        new Result.Ended(
            new Visit(
                errand.target.line(),
                errand.target.listed(),
                ending,
                errand.attempts,
                url.href(),
                errand.redirects,
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
            run.now()));
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

  /// Asked once an origin and round, before its first URL.
  private CompletableFuture<Robots> robots(WebUrl url, Call call) {
    if (settings.ignoreRobots()) {
      return CompletableFuture.completedFuture(new Robots.Open());
    }
    return robots.computeIfAbsent(
        url.origin(),
        _ -> {
          var file = new WebUrl(url.scheme(), url.host(), url.port(), "/robots.txt");
          return robots(file, file, 0, 1, call)
              .thenApply(rules -> {
                hosts.slowDown(url.authority(), rules.crawlDelay());
                // The host was just asked: its next request comes a delay later.
                hosts.reserve(url.authority(), run.now());
                return rules;
              })
              .thenCompose(rules -> pause(hosts.due(url.authority())).thenApply(_ -> rules))
              .toCompletableFuture();
        });
  }

  private CompletionStage<Robots> robots(
      WebUrl origin, WebUrl file, int redirects, int tries, Call call) {
    // Asked for all URLs of the origin: one that is cancelled must not take it from the others.
    var timeout = Deadline.in(settings.timeout(), run::nanoTime).earlier(run.deadline());
    return run.resume(web.ask(file, new Alone(timeout)))
        .thenCompose(reply ->
            switch (reply) {
              case Reply.Broken broken -> {
                if (TRANSIENT.contains(broken.fault()) && tries < settings.maxAttempts()) {
                  yield run.sleep(Duration.ofMillis(250L << Math.min(tries, 3)))
                      .thenCompose(_ -> robots(origin, file, redirects, tries + 1, call));
                }
                var detail = "robots.txt: " + broken.detail();
                yield done(
                    new Robots.Closed(
                        switch (broken.fault()) {
                          case Fault.Failed failed -> new Ending.Failed(failed, detail);
                          case Fault.Refused refused -> new Ending.Refused(refused, detail);
                        }));
              }
              case Reply.Response response ->
                  robots(origin, file, response, redirects, tries, call);
            });
  }

  private CompletionStage<Robots> robots(
      WebUrl origin, WebUrl file, Reply.Response response, int redirects, int tries, Call call) {
    var status = response.status();
    if (status >= 200 && status < 300) {
      var type = response.field("Content-Type").orElse("text/plain");
      return run.resume(
          run.cpu()
              .submit(() -> {
                try (var _ = response.body();
                    var in = decoded(response)) {
                  var content = in.readNBytes(Robots.MAX_BYTES);
                  return Robots.parse(origin, content, type, settings.userAgent());
                }
              }));
    }
    response.body().close();
    var location = response.field("Location");
    if (REDIRECTS.contains(status) && location.isPresent() && redirects < MAX_ROBOTS_REDIRECTS) {
      return settings.rules().resolve(file, location.get()) instanceof WebUrl next
          ? robots(origin, next, redirects + 1, tries, call)
          : done(new Robots.Open());
    }
    if (status >= 500 || status == 429) {
      if (tries < settings.maxAttempts()) {
        return run.sleep(Duration.ofMillis(250L << Math.min(tries, 3)))
            .thenCompose(_ -> robots(origin, file, redirects, tries + 1, call));
      }
      var detail = "robots.txt of " + origin.origin() + " answered " + status;
      return done(new Robots.Closed(new Ending.Refused(Fault.Refused.ROBOTS, detail)));
    }
    return done(new Robots.Open());
  }

  private static InputStream decoded(Reply.Response response) throws IOException {
    var coding = response.field("Content-Encoding").orElse("identity").strip();
    return coding.equalsIgnoreCase("gzip")
        ? new GZIPInputStream(response.body().open())
        : response.body().open();
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

  /// A call that nobody cancels; its deadline ends it.
  private record Alone(Deadline deadline) implements Call {
    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public <F extends Future<?>> F own(F source) {
      return source;
    }

    @Override
    public void onCancel(Runnable action) {}
  }
}
