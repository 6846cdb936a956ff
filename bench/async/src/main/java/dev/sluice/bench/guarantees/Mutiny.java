package dev.sluice.bench.guarantees;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/// Runs `transformToUni(…).merge(limit)`, with `ifNoItem().after` on each item. `recoverWithItem`
/// makes failures data.
final class Mutiny implements Subject {
  @Override
  public String name() {
    return "Mutiny `merge`";
  }

  @Override
  public Limited limited(int limit, Duration patience) {
    var _ = // refuses a bad limit
        Multi.createFrom()
            .item(0)
            .onItem()
            .transformToUni(item -> Uni.createFrom().item(item))
            .merge(limit);
    return plan -> run(limit, plan);
  }

  private static Answer run(int limit, Plan plan) {
    if (plan.weight() != null) {
      return new Answer.HasNone("permits by weight");
    }
    var told =
        Multi.createFrom()
            .iterable(plan.inputs())
            .onItem()
            .transformToUni(item -> one(plan, item))
            .merge(limit);
    if (plan.deadline() != null) {
      told = told.select().first(plan.deadline());
    }
    told.onItem().invoke(plan.sink()).onItem().ignoreAsUni().await().indefinitely();
    return Answer.Ran.ENDED;
  }

  private static Uni<Told> one(Plan plan, int item) {
    var result =
        Uni.createFrom()
            .completionStage(() -> {
              try {
                return plan.work().start(item);
              } catch (Exception thrown) {
                throw new CompletionException(thrown);
              }
            });
    if (plan.timeout() != null) {
      result = result.ifNoItem().after(plan.timeout()).fail();
    }
    return result
        .onItem()
        .transform(_ -> Told.succeeded(item))
        .onFailure()
        .recoverWithItem(thrown -> told(item, thrown));
  }

  private static Told told(int item, Throwable thrown) {
    return thrown instanceof io.smallrye.mutiny.TimeoutException
        ? new Told(item, Told.How.TIMED_OUT)
        : Told.of(item, thrown);
  }
}
