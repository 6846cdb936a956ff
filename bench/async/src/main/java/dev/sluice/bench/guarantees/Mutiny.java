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
    return workload -> run(limit, workload);
  }

  private static RunResult run(int limit, Workload workload) {
    if (workload.weight() != null) {
      return new RunResult.Unsupported("permits by weight");
    }
    var told =
        Multi.createFrom()
            .iterable(workload.inputs())
            .onItem()
            .transformToUni(item -> one(workload, item))
            .merge(limit);
    if (workload.deadline() != null) {
      told = told.select().first(workload.deadline());
    }
    told.onItem().invoke(workload.sink()).onItem().ignoreAsUni().await().indefinitely();
    return RunResult.Ran.ENDED;
  }

  private static Uni<Told> one(Workload workload, int item) {
    var result =
        Uni.createFrom()
            .completionStage(() -> {
              try {
                return workload.work().start(item);
              } catch (Exception thrown) {
                throw new CompletionException(thrown);
              }
            });
    if (workload.timeout() != null) {
      result = result.ifNoItem().after(workload.timeout()).fail();
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
