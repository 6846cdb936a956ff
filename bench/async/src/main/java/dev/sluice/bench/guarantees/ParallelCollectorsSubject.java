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
    return workload -> run(limit, workload);
  }

  private static RunResult run(int limit, Workload workload) {
    if (workload.weight() != null) {
      return new RunResult.Unsupported("permits by weight");
    }
    if (workload.timeout() != null) {
      return new RunResult.Unsupported("a timeout");
    }
    if (workload.deadline() != null) {
      return new RunResult.Unsupported("a deadline");
    }
    StreamSupport.stream(workload.inputs().spliterator(), false)
        .collect(parallelToStream((Integer item) -> one(workload, item), limit))
        .forEach(workload.sink());
    return RunResult.Ran.ENDED;
  }

  private static Told one(Workload workload, int item) {
    try {
      workload.work().call(item);
      return Told.succeeded(item);
    } catch (Exception thrown) {
      return Told.of(item, thrown);
    }
  }
}
