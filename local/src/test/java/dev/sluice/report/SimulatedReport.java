package dev.sluice.report;

import dev.sluice.edge.SqsFunction;
import dev.sluice.flow.ReportTask;
import dev.sluice.local.pipeline.Hands;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;

/// The function `Report` with other hands than its handler's.
@NullUnmarked // what a template names is there
public final class SimulatedReport {
  private SimulatedReport() {}

  public static SqsFunction<?> of(Hands hands) {
    var stage =
        new ReportStage(hands.store(), hands.unbounded(hands.env().get("REPORT_QUEUE_URL")));
    return SqsFunction.grouped(
        "report",
        ReportTask.class,
        stage::run,
        hands.visibilities(),
        Duration.ofMillis(Long.parseLong(hands.env().get("RESERVE_MILLIS"))),
        hands.log());
  }
}
