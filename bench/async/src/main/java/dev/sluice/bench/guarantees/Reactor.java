package dev.sluice.bench.guarantees;

import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Runs `Flux.flatMap` with a concurrency, `Mono.fromFuture` of a supplier, and `timeout` on each.
/// `onErrorResume` makes errors data.
final class Reactor implements Subject {
  @Override
  public String name() {
    return "Reactor `flatMap`";
  }

  @Override
  public Limited limited(int limit, Duration patience) {
    Flux.just(0).flatMap(Mono::just, limit); // refuses a bad limit
    return workload -> run(limit, workload);
  }

  private static RunResult run(int limit, Workload workload) {
    if (workload.weight() != null) {
      return new RunResult.Unsupported("permits by weight");
    }
    var told = Flux.fromIterable(workload.inputs()).flatMap(item -> one(workload, item), limit);
    if (workload.deadline() != null) {
      told = told.take(workload.deadline());
    }
    told.doOnNext(workload.sink()).blockLast();
    return RunResult.Ran.ENDED;
  }

  private static Mono<Told> one(Workload workload, int item) {
    var result =
        Mono.defer(() -> {
          try {
            return Mono.fromFuture(workload.work().start(item), !workload.work().stops());
          } catch (Exception thrown) {
            return Mono.error(thrown);
          }
        });
    if (workload.timeout() != null) {
      result = result.timeout(workload.timeout());
    }
    return result
        .map(_ -> Told.succeeded(item))
        .onErrorResume(thrown -> Mono.just(Told.of(item, thrown)));
  }
}
