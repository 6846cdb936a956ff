package dev.sluice.report;

import dev.sluice.edge.SqsFunction;
import dev.sluice.flow.Tally;
import dev.sluice.local.pipeline.Hands;
import java.time.Duration;

/// The function `Report` with other hands than its handler's.
public final class SimulatedReport {
  private SimulatedReport() {}

  public static SqsFunction<?> of(Hands hands) {
    return SqsFunction.of(
        "report",
        Tally.class,
        new ReportStage(hands.store()),
        hands.visibilities(),
        Duration.ofMillis(Long.parseLong(hands.env().get("RESERVE_MILLIS"))),
        hands.log());
  }
}
