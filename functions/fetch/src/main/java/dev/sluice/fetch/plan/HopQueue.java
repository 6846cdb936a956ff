package dev.sluice.fetch.plan;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Lets requests in that no lane starts: hops to another host, and robots.txt there. Each takes a
/// permit and a start of the host like any other. Belongs to the executor of its run.
///
/// Who waits here still holds the permit of the host it came from, and two may wait for each other:
/// so nobody waits long.
public final class HopQueue {
  private final Hosts hosts;
  private final Run run;

  public HopQueue(Hosts hosts, Run run) {
    this.hosts = hosts;
    this.run = run;
  }

  /// Waits for a permit and a start.
  ///
  /// @param most how long
  /// @return whether the request may begin now; who may calls [#leave] when it has ended
  public CompletionStage<Boolean> enter(String host, Duration most) {
    hosts.claim(host);
    return enter(host, Deadline.in(most, run::nanoTime))
        .whenComplete((_, _) -> hosts.unclaim(host));
  }

  private CompletionStage<Boolean> enter(String host, Deadline until) {
    var now = run.now();
    var wait = Duration.between(now, hosts.due(host));
    if (hosts.hasPlace(host) && !wait.isPositive()) {
      hosts.begin(host, now);
      return CompletableFuture.completedFuture(true);
    }
    if (until.hasPassed() || wait.compareTo(until.left()) >= 0) {
      return CompletableFuture.completedFuture(false);
    }
    return pause(host, wait, until).thenCompose(_ -> enter(host, until));
  }

  private CompletionStage<?> pause(String host, Duration wait, Deadline until) {
    if (hosts.hasPlace(host)) {
      return run.sleep(wait);
    }
    var free = hosts.whenFree(host);
    var late = run.sleep(until.left());
    late.thenRun(() -> free.complete(false));
    return run.resume(free).whenComplete((_, _) -> late.cancel(false));
  }

  /// The request has ended.
  public void leave(String host) {
    hosts.end(host);
  }
}
