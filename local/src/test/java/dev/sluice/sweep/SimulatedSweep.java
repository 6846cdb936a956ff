package dev.sluice.sweep;

import dev.sluice.async.Run;
import dev.sluice.edge.Log;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/// The function `Sweep` with other hands than its handler's.
public final class SimulatedSweep {
  private SimulatedSweep() {}

  public static CompletionStage<Map<String, Integer>> run(
      ObjectStore store,
      Outbox<SplitTask> parts,
      Outbox<ReportTask> reportTasks,
      Duration jobDeadline,
      Log log,
      Run run) {
    var temp = Path.of(System.getProperty("java.io.tmpdir"));
    return new SweepStage(store, parts, reportTasks, jobDeadline, log, temp)
        .run(run)
        .thenApply(Swept::byName);
  }
}
