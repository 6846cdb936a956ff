package dev.sluice.fetch.plan;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The queue of requests that no lane starts: redirects to another host, and robots.txt there. Each
/// takes a permit and a start of the host like any other. Belongs to the executor of its run.
///
/// A request that waits here still holds the permit of the host it came from, and two may wait for
/// each other: so none waits long.
public final class HopQueue {
  private final Run run;

  public HopQueue(Run run) {
    this.run = run;
  }

  /// Waits for a permit and a start.
  ///
  /// @param most how long
  /// @return whether the request may begin now; if so, the caller calls [#leave] when it has ended
  public CompletionStage<Boolean> enter(Host host, Duration most) {
    host.claim();
    return enter(host, Deadline.in(most, run::nanoTime)).whenComplete((_, _) -> host.unclaim());
  }

  private CompletionStage<Boolean> enter(Host host, Deadline until) {
    var now = run.now();
    var wait = Duration.between(now, host.due());
    if (host.hasPlace() && !wait.isPositive()) {
      host.begin(now);
      return CompletableFuture.completedFuture(true);
    }
    if (until.hasPassed() || wait.compareTo(until.left()) >= 0) {
      return CompletableFuture.completedFuture(false);
    }
    return pause(host, wait, until).thenCompose(_ -> enter(host, until));
  }

  private CompletionStage<?> pause(Host host, Duration wait, Deadline until) {
    if (host.hasPlace()) {
      return run.sleep(wait);
    }
    var free = host.whenFree();
    var late = run.sleep(until.left());
    late.thenRun(() -> free.complete(false));
    return run.resume(free).whenComplete((_, _) -> late.cancel(false));
  }

  /// The request has ended.
  public void leave(Host host) {
    host.end();
  }
}
