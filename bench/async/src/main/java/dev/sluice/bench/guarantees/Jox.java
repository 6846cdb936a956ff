package dev.sluice.bench.guarantees;

import com.softwaremill.jox.structured.Par;
import com.softwaremill.jox.structured.Race;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Runs `Par.parLimit` over a list of callables, with `Race.timeout` around each and around the
/// whole. Failures are data, since the first exception would cancel the others.
final class Jox implements Subject {
  @Override
  public String name() {
    return "jox `parLimit`";
  }

  @Override
  public Limited limited(int limit, Duration patience) {
    try {
      Par.parLimit(limit, List.<Callable<Integer>>of()); // refuses a bad limit
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    return plan -> run(limit, plan);
  }

  private static Answer run(int limit, Plan plan) throws InterruptedException {
    if (plan.weight() != null) {
      return new Answer.HasNone("permits by weight");
    }
    var all = new ArrayList<Callable<Told>>();
    plan.inputs().forEach(item -> all.add(() -> one(plan, item)));
    try {
      var told =
          plan.deadline() == null
              ? Par.parLimit(limit, all)
              : Race.timeout(plan.deadline().toMillis(), () -> Par.parLimit(limit, all));
      told.forEach(plan.sink());
    } catch (TimeoutException _) {
      // The deadline has passed; the library gives no list of the results so far.
    }
    return Answer.Ran.ENDED;
  }

  private static Told one(Plan plan, int item) throws InterruptedException {
    try {
      call(plan, item);
      return Told.succeeded(item);
    } catch (InterruptedException stopped) {
      throw stopped;
    } catch (Exception thrown) {
      return Told.of(item, thrown);
    }
  }

  private static @Nullable Integer call(Plan plan, int item) throws Exception {
    return plan.timeout() == null
        ? plan.work().call(item)
        : Race.timeout(plan.timeout().toMillis(), () -> plan.work().call(item));
  }
}
