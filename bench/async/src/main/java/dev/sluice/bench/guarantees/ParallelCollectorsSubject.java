package dev.sluice.bench.guarantees;

import static com.pivovarit.collectors.ParallelCollectors.parallelToStream;

import java.time.Duration;
import java.util.stream.StreamSupport;

/// Runs `parallelToStream` with a parallelism, on virtual threads. Failures are data, since the
/// first exception would end the stream.
final class ParallelCollectorsSubject implements Subject {
  @Override
  public String name() {
    return "parallel-collectors";
  }

  @Override
  public Limited limited(int limit, Duration patience) {
    parallelToStream((Integer item) -> item, limit); // refuses a bad limit
    return plan -> run(limit, plan);
  }

  private static Answer run(int limit, Plan plan) {
    if (plan.weight() != null) {
      return new Answer.HasNone("permits by weight");
    }
    if (plan.timeout() != null) {
      return new Answer.HasNone("a timeout");
    }
    if (plan.deadline() != null) {
      return new Answer.HasNone("a deadline");
    }
    StreamSupport.stream(plan.inputs().spliterator(), false)
        .collect(parallelToStream((Integer item) -> one(plan, item), limit))
        .forEach(plan.sink());
    return Answer.Ran.ENDED;
  }

  private static Told one(Plan plan, int item) {
    try {
      plan.work().call(item);
      return Told.succeeded(item);
    } catch (Exception thrown) {
      return Told.of(item, thrown);
    }
  }
}
