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
    return plan -> run(limit, plan);
  }

  private static Answer run(int limit, Plan plan) {
    if (plan.weight() != null) {
      return new Answer.HasNone("permits by weight");
    }
    var told = Flux.fromIterable(plan.inputs()).flatMap(item -> one(plan, item), limit);
    if (plan.deadline() != null) {
      told = told.take(plan.deadline());
    }
    told.doOnNext(plan.sink()).blockLast();
    return Answer.Ran.ENDED;
  }

  private static Mono<Told> one(Plan plan, int item) {
    var result =
        Mono.defer(() -> {
          try {
            return Mono.fromFuture(plan.work().start(item), !plan.work().stops());
          } catch (Exception thrown) {
            return Mono.error(thrown);
          }
        });
    if (plan.timeout() != null) {
      result = result.timeout(plan.timeout());
    }
    return result
        .map(_ -> Told.succeeded(item))
        .onErrorResume(thrown -> Mono.just(Told.of(item, thrown)));
  }
}
