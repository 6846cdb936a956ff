package dev.sluice.fetch;

import dev.sluice.async.Run;
import dev.sluice.fetch.plan.Door;
import dev.sluice.fetch.plan.HostLanes;
import dev.sluice.fetch.plan.Hosts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Gives every single request of an errand its turn: a permit and a start of the host that it goes
/// to. Belongs to the executor of its run.
final class Turns {
  private final Run run;
  private final Hosts hosts;
  private final Pace pace;
  private final Door door;

  Turns(Run run, Hosts hosts, Pace pace) {
    this.run = run;
    this.hosts = hosts;
    this.pace = pace;
    this.door = new Door(hosts, run);
  }

  /// Waits for the turn, for 2 s at most.
  ///
  /// @return what gives it back when the request has ended; empty if it does not come soon, or the
  ///   round ends before the request could
  CompletionStage<Optional<Runnable>> take(Errand errand, String host) {
    return host.equals(errand.host()) ? own(errand, host) : hop(host);
  }

  private CompletionStage<Optional<Runnable>> hop(String host) {
    var left = pace.startBy().left();
    var most = left.compareTo(HostLanes.MOST_WAIT) < 0 ? left : HostLanes.MOST_WAIT;
    if (!most.isPositive()) {
      return done(Optional.empty());
    }
    return door.enter(host, most)
        .thenApply(in -> in ? Optional.of(() -> door.leave(host)) : Optional.empty());
  }

  /// The errand has a permit of its lane; the first start as well.
  private CompletionStage<Optional<Runnable>> own(Errand errand, String host) {
    if (errand.takeStart()) {
      return done(Optional.of(() -> {}));
    }
    var now = run.now();
    var wait = Duration.between(now, hosts.due(host));
    if (wait.compareTo(HostLanes.MOST_WAIT) > 0
        || !pace.mayStartIn(wait)
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
