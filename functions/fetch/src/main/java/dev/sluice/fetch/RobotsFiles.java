package dev.sluice.fetch;

import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.fetch.plan.Retries;
import dev.sluice.fetch.plan.RetryAfter;
import dev.sluice.fetch.plan.Robots;
import dev.sluice.fetch.plan.RobotsMemory;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
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
///
/// Long because the answers of one file and the redirects between its hosts are read together.
final class RobotsFiles {
  private static final int MAX_REDIRECTS = 5;

  private final RoundContext round;
  private final Hosts hosts;
  private final HostTurns turns;
  private final Map<String, CompletableFuture<Optional<Robots>>> asking = new HashMap<>();

  RobotsFiles(RoundContext round, HostTurns turns) {
    this.round = round;
    this.hosts = round.hosts();
    this.turns = turns;
  }

  /// One request of a robots.txt. Immutable.
  ///
  /// @param origin the URL of the file under its own name
  /// @param file the URL to ask, after redirects
  /// @param attempt of the first URL that needs the file
  private record FileRequest(WebUrl origin, WebUrl file, int redirects, Attempt attempt) {
    FileRequest redirected(WebUrl next) {
      return new FileRequest(origin, next, redirects + 1, attempt);
    }

    boolean isElsewhere() {
      return !file.authority().equals(origin.authority());
    }
  }

  /// The robots.txt of the URL's origin; empty if it cannot be known now: its host waits, or is not
  /// to be asked soon.
  CompletionStage<Optional<Robots>> of(Attempt attempt) {
    var url = attempt.url();
    if (round.settings().ignoreRobots() || attempt.fetch().isAllowed(round.now())) {
      return done(Optional.of(new Robots.AllowAll()));
    }
    var known = hosts.at(url).robots(url.scheme());
    if (known.isPresent()) {
      return done(known.map(Robots.Known::robots));
    }
    var origin = url.origin();
    var pending = asking.get(origin);
    if (pending == null) {
      var file = new WebUrl(url.scheme(), url.host(), url.port(), "/robots.txt");
      var asked = ask(first(file, attempt)).toCompletableFuture();
      pending = asked;
      asking.put(origin, asked);
      asked.whenComplete((_, _) -> asking.remove(origin));
    }
    attempt.fetch().takeStart(); // used, or too old when the answer is here
    return pending;
  }

  /// The ending of a URL that robots.txt refuses. Where that takes many steps it is computed on the
  /// threads for computing, and the URL takes along that it is allowed, so that it is asked once.
  CompletionStage<Optional<Ending>> refusal(Robots robots, Attempt attempt) {
    return switch (robots.soon(attempt.url())) {
      case Robots.Permission.Granted _ -> done(Optional.empty());
      case Robots.Permission.Denied(var ending, _) -> done(Optional.of(ending));
      case Robots.Permission.Undecided _ -> computedRefusal(robots, attempt);
    };
  }

  private CompletionStage<Optional<Ending>> computedRefusal(Robots robots, Attempt attempt) {
    var url = attempt.url();
    var fetch = attempt.fetch();
    fetch.takeStart(); // too old when the answer is here
    var run = round.run();
    return run.resume(run.cpu().submit(() -> robots.refusal(url)))
        .thenApply(refusal -> {
          if (refusal.isEmpty()) {
            hosts.at(url).robots(url.scheme()).ifPresent(known -> fetch.allow(known.until()));
          }
          return refusal;
        });
  }

  /// The first request goes where the redirects of earlier rounds led: a host can be so slow that a
  /// round has one start of it.
  private FileRequest first(WebUrl origin, Attempt attempt) {
    return hosts
        .at(origin)
        .robotsMoved(origin.scheme())
        .flatMap(moved ->
            round.settings().rules().parse(moved.to()) instanceof WebUrl file && round.isOurs(file)
                ? Optional.of(new FileRequest(origin, file, moved.redirects(), attempt))
                : Optional.empty())
        .orElseGet(() -> new FileRequest(origin, origin, 0, attempt));
  }

  private CompletionStage<Optional<Robots>> ask(FileRequest request) {
    var file = request.file();
    if (file.pathAndQuery().equals("/robots.txt")) {
      var itsOwn = hosts.at(file).robots(file.scheme());
      if (itsOwn.isPresent()) {
        return known(request.origin(), itsOwn.get()); // the host may be slow: it is not asked twice
      }
    }
    return turns
        .take(request.attempt().fetch(), file)
        .thenCompose(turn -> turn.isEmpty() ? notNow(request) : ask(request, turn.get()));
  }

  private CompletionStage<Optional<Robots>> ask(FileRequest request, Runnable turn) {
    // The request serves all URLs of the origin: a URL that is cancelled must not end it.
    var call =
        new Alone(
            Deadline.in(round.time().patience(), round.run()::nanoTime)
                .earlier(request.attempt().callEnd()));
    return round
        .ask(request.file(), call)
        .whenComplete((_, _) -> turn.run())
        .thenCompose(reply ->
            switch (reply) {
              case Reply.Broken broken -> broken(request, broken);
              case Reply.Response response -> answered(request, response);
            });
  }

  private CompletionStage<Optional<Robots>> broken(FileRequest request, Reply.Broken broken) {
    var detail = "robots.txt: " + broken.detail();
    return switch (broken.fault()) {
      // Counts even if the end of the round cut it: a file that hangs must end some time.
      case Fault.Failed failed when Retries.isTransient(failed) -> {
        var why = new Ending.Failed(failed, detail);
        if (request.isElsewhere() && !broken.sent()) {
          hosts.at(request.file()).missed(round.now(), why);
        }
        yield inVain(request.origin(), round.now(), why);
      }
      case Fault.Failed failed ->
          read(request.origin(), new Robots.AllowNone(new Ending.Failed(failed, detail)));
      case Fault.Refused refused ->
          read(request.origin(), new Robots.AllowNone(new Ending.Refused(refused, detail)));
    };
  }

  private CompletionStage<Optional<Robots>> answered(FileRequest request, Reply.Response response) {
    var status = response.status();
    if (status >= 200 && status < 300) {
      return read(request, response);
    }
    response.body().close();
    // Section 2.3.1.4, and 429 besides, which 2.3.1.3 would count as "allow all".
    if (status >= 500 || status == 429) {
      return unreachable(request, response);
    }
    var file = request.file();
    var next = round.redirect(file, response);
    if (next.isPresent()
        && request.redirects() < MAX_REDIRECTS
        && next.get() instanceof WebUrl to
        && to.href().length() <= RobotsMemory.MAX_MOVED_CHARS
        && round.isOurs(to)) {
      // Not counted as an answer of its host: else a host whose file is never reached has no end.
      var moved = request.redirected(to);
      hosts
          .at(request.origin())
          .moveRobots(
              request.origin().scheme(),
              new RobotsMemory.Moved(to.href(), moved.redirects()),
              round.now());
      return ask(moved);
    }
    hosts.at(file).answered();
    return read(request.origin(), new Robots.AllowAll());
  }

  private CompletionStage<Optional<Robots>> unreachable(
      FileRequest request, Reply.Response response) {
    var status = response.status();
    var now = round.now();
    var until =
        response.field("Retry-After").flatMap(value -> RetryAfter.of(value, now)).orElse(now);
    if (request.isElsewhere() && (status == 503 || status == 429)) {
      var detail = request.file().origin() + " answered " + status;
      hosts.at(request.file()).defer(until, now, new Ending.Failed(Fault.Failed.HTTP, detail));
    }
    var detail = "robots.txt of " + request.origin().origin() + " answered " + status;
    return inVain(request.origin(), until, new Ending.Refused(Fault.Refused.ROBOTS, detail));
  }

  private CompletionStage<Optional<Robots>> read(FileRequest request, Reply.Response response) {
    var origin = request.origin();
    var run = round.run();
    return run.resume(
            run.cpu()
                .submit(() -> {
                  try (var _ = response.body()) {
                    return RobotsFile.read(origin, response, round.settings().userAgent());
                  }
                }))
        .thenCompose(content ->
            switch (content) {
              // Not counted as an answer of its host: a file that is never whole must have an end.
              case RobotsFile.Cut(var why) -> inVain(origin, round.now(), why);
              case RobotsFile.Whole(var robots) -> {
                hosts.at(request.file()).answered();
                yield read(origin, robots);
              }
            });
  }

  private CompletionStage<Optional<Robots>> read(WebUrl origin, Robots robots) {
    return known(origin, new Robots.Known(robots, round.now().plus(Robots.TIME_TO_LIVE)));
  }

  private CompletionStage<Optional<Robots>> known(WebUrl origin, Robots.Known known) {
    hosts.at(origin).know(origin.scheme(), known);
    return done(Optional.of(known.robots()));
  }

  /// The file was asked in vain. Its redirect is forgotten: its own host may know better by now.
  private CompletionStage<Optional<Robots>> inVain(WebUrl origin, Instant until, Ending why) {
    var host = hosts.at(origin);
    if (host.robotsMoved(origin.scheme()).isPresent()) {
      host.moveRobotsBack(origin.scheme(), round.now());
    }
    return defer(origin, until, why);
  }

  /// Defers the host, so that the file is asked again: in this round if that is soon, or in the
  /// next.
  private CompletionStage<Optional<Robots>> defer(WebUrl origin, Instant until, Ending inTheEnd) {
    hosts.at(origin).defer(until, round.now(), inTheEnd);
    return done(Optional.empty());
  }

  /// The request has no turn soon. The host of the origin waits with the one that has its file.
  private CompletionStage<Optional<Robots>> notNow(FileRequest request) {
    var host = hosts.at(request.file());
    if (!request.isElsewhere() || !host.isParked(round.now())) {
      return done(Optional.empty());
    }
    var detail =
        "robots.txt of "
            + request.origin().origin()
            + " lies at "
            + request.file().authority()
            + ", which is parked";
    return defer(
        request.origin(), host.parkedUntil(), new Ending.Refused(Fault.Refused.ROBOTS, detail));
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
