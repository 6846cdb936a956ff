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
    return workload -> run(limit, workload);
  }

  private static RunResult run(int limit, Workload workload) throws InterruptedException {
    if (workload.weight() != null) {
      return new RunResult.Unsupported("permits by weight");
    }
    var all = new ArrayList<Callable<Told>>();
    workload.inputs().forEach(item -> all.add(() -> one(workload, item)));
    try {
      var told =
          workload.deadline() == null
              ? Par.parLimit(limit, all)
              : Race.timeout(workload.deadline().toMillis(), () -> Par.parLimit(limit, all));
      told.forEach(workload.sink());
    } catch (TimeoutException _) {
      // The deadline has passed; the library gives no list of the results so far.
    }
    return RunResult.Ran.ENDED;
  }

  private static Told one(Workload workload, int item) throws InterruptedException {
    try {
      call(workload, item);
      return Told.succeeded(item);
    } catch (InterruptedException stopped) {
      throw stopped;
    } catch (Exception thrown) {
      return Told.of(item, thrown);
    }
  }

  private static @Nullable Integer call(Workload workload, int item) throws Exception {
    return workload.timeout() == null
        ? workload.work().call(item)
        : Race.timeout(workload.timeout().toMillis(), () -> workload.work().call(item));
  }
}
