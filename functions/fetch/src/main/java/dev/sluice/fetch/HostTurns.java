package dev.sluice.fetch;

import dev.sluice.async.Run;
import dev.sluice.fetch.plan.HopQueue;
import dev.sluice.fetch.plan.Host;
import dev.sluice.fetch.plan.HostLanes;
import dev.sluice.flow.url.WebUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Gives every single request of a fetch its turn: a permit and a start of the host that it goes
/// to. Belongs to the executor of its run.
final class HostTurns {
  private final RoundContext round;
  private final Run run;
  private final HopQueue hops;

  HostTurns(RoundContext round) {
    this.round = round;
    this.run = round.run();
    this.hops = new HopQueue(run);
  }

  /// Waits for the turn, for 2 s at most.
  ///
  /// @return an action that gives the turn back when the request has ended; empty if the turn does
  ///   not come soon, or the round ends before the request could
  CompletionStage<Optional<Runnable>> take(UrlFetch fetch, WebUrl url) {
    var host = round.hosts().at(url);
    return url.authority().equals(fetch.host()) ? own(fetch, host) : hop(host);
  }

  private CompletionStage<Optional<Runnable>> hop(Host host) {
    var left = round.time().startBy().left();
    var most = left.compareTo(HostLanes.MOST_WAIT) < 0 ? left : HostLanes.MOST_WAIT;
    if (!most.isPositive()) {
      return done(Optional.empty());
    }
    return hops.enter(host, most)
        .thenApply(in -> in ? Optional.of(() -> hops.leave(host)) : Optional.empty());
  }

  /// The fetch has a permit of its lane; the first start as well.
  private CompletionStage<Optional<Runnable>> own(UrlFetch fetch, Host host) {
    if (fetch.takeStart()) {
      return done(Optional.of(() -> {}));
    }
    var now = run.now();
    var wait = Duration.between(now, host.due());
    if (wait.compareTo(HostLanes.MOST_WAIT) > 0
        || !round.time().mayStartIn(wait)
        || !host.mayProbe()) {
      return done(Optional.empty());
    }
    host.beginProbe();
    return pause(host.takeSlot(now))
        .thenApply(_ -> {
          if (host.isParked(run.now())) {
            host.endProbe();
            return Optional.empty();
          }
          return Optional.of(host::endProbe);
        });
  }

  CompletionStage<?> pause(Instant until) {
    var wait = Duration.between(run.now(), until);
    return wait.isPositive() ? run.sleep(wait) : CompletableFuture.completedFuture(true);
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
