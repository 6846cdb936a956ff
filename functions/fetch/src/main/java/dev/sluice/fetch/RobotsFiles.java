package dev.sluice.fetch;

import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.fetch.plan.RetryAfter;
import dev.sluice.fetch.plan.Robots;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.HostGroup;
import dev.sluice.flow.url.WebUrl;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/// Asks robots.txt, once an origin and time to live, before its first URL (RFC 9309). Each request
/// has its turn at its host like that of a page. Belongs to the executor of its run.
final class RobotsFiles {
  private static final int MAX_REDIRECTS = 5;

  private final Run run;
  private final FetchSettings settings;
  private final Web web;
  private final Hosts hosts;
  private final HostTurns turns;
  private final RoundTime time;
  private final int hostGroup;
  private final Map<String, CompletableFuture<Optional<Robots>>> asking = new HashMap<>();

  RobotsFiles(
      Run run,
      FetchSettings settings,
      Web web,
      Hosts hosts,
      HostTurns turns,
      RoundTime time,
      int hostGroup) {
    this.run = run;
    this.settings = settings;
    this.web = web;
    this.hosts = hosts;
    this.turns = turns;
    this.time = time;
    this.hostGroup = hostGroup;
  }

  /// What robots.txt says of the URL's origin; empty if that cannot be known now: its host waits,
  /// or is not to be asked soon.
  CompletionStage<Optional<Robots>> of(WebUrl url, UrlFetch fetch, Call call) {
    if (settings.ignoreRobots() || fetch.isAllowed(run.now())) {
      return done(Optional.of(new Robots.Open()));
    }
    var known = hosts.robots(url);
    if (known.isPresent()) {
      return done(known.map(Robots.Known::robots));
    }
    var origin = url.origin();
    var pending = asking.get(origin);
    if (pending == null) {
      var file = new WebUrl(url.scheme(), url.host(), url.port(), "/robots.txt");
      var asked = ask(file, fetch, call).toCompletableFuture();
      pending = asked;
      asking.put(origin, asked);
      asked.whenComplete((_, _) -> asking.remove(origin));
    }
    fetch.takeStart(); // used, or too old when this is known
    return pending;
  }

  /// Why robots.txt refuses the URL, if it does. Where that takes many steps it is asked on the
  /// threads for computing, and the URL takes along that it is allowed, so that it is asked once.
  CompletionStage<Optional<Ending>> refusal(Robots robots, WebUrl url, UrlFetch fetch) {
    var soon = robots.soon(url);
    if (soon.isKnown()) {
      return done(Optional.ofNullable(soon.ending()));
    }
    fetch.takeStart(); // too old when this is known
    return run.resume(run.cpu().submit(() -> robots.refusal(url)))
        .thenApply(refusal -> {
          if (refusal.isEmpty()) {
            fetch.allowedUntil = hosts.robots(url).map(Robots.Known::until).orElse(null);
          }
          return refusal;
        });
  }

  /// Goes on where the rounds before were sent on to: a host can be so slow that a round has one
  /// start of it.
  private CompletionStage<Optional<Robots>> ask(WebUrl origin, UrlFetch fetch, Call call) {
    var moved = hosts.robotsMoved(origin);
    return moved.isPresent()
            && settings.rules().parse(moved.get().to()) instanceof WebUrl file
            && isOurs(file)
        ? ask(origin, file, moved.get().redirects(), fetch, call)
        : ask(origin, origin, 0, fetch, call);
  }

  private CompletionStage<Optional<Robots>> ask(
      WebUrl origin, WebUrl file, int redirects, UrlFetch fetch, Call call) {
    if (file.pathAndQuery().equals("/robots.txt") && hosts.robots(file).isPresent()) {
      return known(origin, hosts.robots(file).get()); // a neighbour's own, which may be a slow one
    }
    return turns
        .take(fetch, file.authority())
        .thenCompose(turn -> {
          if (turn.isEmpty()) {
            return notNow(origin, file);
          }
          // Asked for all URLs of the origin: one that is cancelled must not take it from the rest.
          var within =
              Deadline.in(time.patience(), run::nanoTime)
                  .earlier(call.deadline().minus(RoundTime.BEFORE_CANCEL));
          return run.resume(web.ask(file, new Alone(within)))
              .whenComplete((_, _) -> turn.get().run())
              .thenCompose(reply ->
                  switch (reply) {
                    case Reply.Broken broken -> broken(origin, file, broken);
                    case Reply.Response response ->
                        answered(origin, file, response, redirects, fetch, call);
                  });
        });
  }

  private CompletionStage<Optional<Robots>> broken(
      WebUrl origin, WebUrl file, Reply.Broken broken) {
    var detail = "robots.txt: " + broken.detail();
    return switch (broken.fault()) {
      // Cut by the end of the round or not: a file that hangs must end some time.
      case Fault.Failed failed when UrlFetcher.TRANSIENT.contains(failed) -> {
        var why = new Ending.Failed(failed, detail);
        if (isElsewhere(origin, file) && !broken.sent()) {
          hosts.missed(file.authority(), run.now(), why);
        }
        yield inVain(origin, run.now(), why);
      }
      case Fault.Failed failed ->
          read(origin, new Robots.Closed(new Ending.Failed(failed, detail)));
      case Fault.Refused refused ->
          read(origin, new Robots.Closed(new Ending.Refused(refused, detail)));
    };
  }

  private CompletionStage<Optional<Robots>> answered(
      WebUrl origin,
      WebUrl file,
      Reply.Response response,
      int redirects,
      UrlFetch fetch,
      Call call) {
    var status = response.status();
    // Section 2.3.1.4, and 429 besides, which 2.3.1.3 would count as "allow all".
    if (status >= 500 || status == 429) {
      response.body().close();
      var now = run.now();
      var until =
          response.field("Retry-After").flatMap(value -> RetryAfter.of(value, now)).orElse(now);
      if (isElsewhere(origin, file) && (status == 503 || status == 429)) {
        var why = new Ending.Failed(Fault.Failed.HTTP, file.origin() + " answered " + status);
        hosts.defer(file.authority(), until, now, why);
      }
      var detail = "robots.txt of " + origin.origin() + " answered " + status;
      return inVain(origin, until, new Ending.Refused(Fault.Refused.ROBOTS, detail));
    }
    if (status >= 200 && status < 300) {
      return run.resume(
              run.cpu()
                  .submit(() -> {
                    try (var _ = response.body()) {
                      return RobotsFile.read(origin, response, settings.userAgent());
                    }
                  }))
          .thenCompose(content ->
              switch (content) {
                // No answer that the host is well by: a file that is never whole must have an end.
                case RobotsFile.Cut(var why) -> inVain(origin, run.now(), why);
                case RobotsFile.Whole(var robots) -> {
                  hosts.answered(file.authority());
                  yield read(origin, robots);
                }
              });
    }
    response.body().close();
    var location = response.field("Location");
    if (UrlFetcher.REDIRECTS.contains(status)
        && location.isPresent()
        && redirects < MAX_REDIRECTS
        && settings.rules().resolve(file, location.get()) instanceof WebUrl next
        && next.href().length() <= Robots.MAX_MOVED_CHARS
        && isOurs(next)) {
      // No answer yet that the host is well by: else one whose file is never had has no end.
      hosts.robotsMoved(origin, new Robots.Moved(next.href(), redirects + 1), run.now());
      return ask(origin, next, redirects + 1, fetch, call);
    }
    hosts.answered(file.authority());
    return read(origin, new Robots.Open());
  }

  /// Whether its host is asked by this invocation and no other, and remembered here.
  private boolean isOurs(WebUrl file) {
    return HostGroup.of(file, settings.hostGroups()) == hostGroup;
  }

  private CompletionStage<Optional<Robots>> read(WebUrl origin, Robots robots) {
    return known(origin, new Robots.Known(robots, run.now().plus(Robots.TIME_TO_LIVE)));
  }

  private CompletionStage<Optional<Robots>> known(WebUrl origin, Robots.Known known) {
    hosts.know(origin, known);
    return done(Optional.of(known.robots()));
  }

  /// The file was asked. Where it was sent on to is forgotten: its own host may know better by now.
  private CompletionStage<Optional<Robots>> inVain(WebUrl origin, Instant until, Ending why) {
    if (hosts.robotsMoved(origin).isPresent()) {
      hosts.robotsMoved(origin, null, run.now());
    }
    return waits(origin, until, why);
  }

  /// The host waits, and is asked again: in this round if that is soon, or in the next.
  private CompletionStage<Optional<Robots>> waits(WebUrl origin, Instant until, Ending inTheEnd) {
    hosts.defer(origin.authority(), until, run.now(), inTheEnd);
    return done(Optional.empty());
  }

  /// It has no turn soon. The host waits with the one that has its file.
  private CompletionStage<Optional<Robots>> notNow(WebUrl origin, WebUrl file) {
    var host = file.authority();
    if (!isElsewhere(origin, file) || !hosts.isParked(host, run.now())) {
      return done(Optional.empty());
    }
    var detail = "robots.txt of " + origin.origin() + " lies at " + host + ", which is parked";
    return waits(origin, hosts.parkedUntil(host), new Ending.Refused(Fault.Refused.ROBOTS, detail));
  }

  private static boolean isElsewhere(WebUrl origin, WebUrl file) {
    return !file.authority().equals(origin.authority());
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
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
