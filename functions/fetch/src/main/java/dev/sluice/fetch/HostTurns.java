package dev.sluice.fetch;

import dev.sluice.async.Run;
import dev.sluice.fetch.plan.HopQueue;
import dev.sluice.fetch.plan.HostLanes;
import dev.sluice.fetch.plan.Hosts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Gives every single request of a fetch its turn: a permit and a start of the host that it goes
/// to. Belongs to the executor of its run.
final class HostTurns {
  private final Run run;
  private final Hosts hosts;
  private final RoundTime time;
  private final HopQueue hops;

  HostTurns(Run run, Hosts hosts, RoundTime time) {
    this.run = run;
    this.hosts = hosts;
    this.time = time;
    this.hops = new HopQueue(hosts, run);
  }

  /// Waits for the turn, for 2 s at most.
  ///
  /// @return what gives it back when the request has ended; empty if it does not come soon, or the
  ///   round ends before the request could
  CompletionStage<Optional<Runnable>> take(UrlFetch fetch, String host) {
    return host.equals(fetch.host()) ? own(fetch, host) : hop(host);
  }

  private CompletionStage<Optional<Runnable>> hop(String host) {
    var left = time.startBy().left();
    var most = left.compareTo(HostLanes.MOST_WAIT) < 0 ? left : HostLanes.MOST_WAIT;
    if (!most.isPositive()) {
      return done(Optional.empty());
    }
    return hops.enter(host, most)
        .thenApply(in -> in ? Optional.of(() -> hops.leave(host)) : Optional.empty());
  }

  /// The fetch has a permit of its lane; the first start as well.
  private CompletionStage<Optional<Runnable>> own(UrlFetch fetch, String host) {
    if (fetch.takeStart()) {
      return done(Optional.of(() -> {}));
    }
    var now = run.now();
    var wait = Duration.between(now, hosts.due(host));
    if (wait.compareTo(HostLanes.MOST_WAIT) > 0
        || !time.mayStartIn(wait)
        || !hosts.mayProbe(host)) {
      return done(Optional.empty());
    }
    hosts.probe(host, true);
    Runnable back = () -> hosts.probe(host, false);
    return pause(hosts.slot(host, now))
        .thenApply(_ -> {
          if (hosts.isParked(host, run.now())) {
            back.run();
            return Optional.empty();
          }
          return Optional.of(back);
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
