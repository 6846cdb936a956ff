package dev.sluice.extract;

import dev.sluice.edge.SqsFunction;
import dev.sluice.flow.ExtractTask;
import dev.sluice.local.pipeline.Hands;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;

/// The function `Extract` with other hands than its handler's.
@NullUnmarked // what a template names is there
public final class SimulatedExtract {
  private SimulatedExtract() {}

  public static SqsFunction<?> of(Hands hands) {
    var env = hands.env();
    return SqsFunction.of(
        "extract",
        ExtractTask.class,
        new ExtractStage(hands.store(), hands.unbounded(env.get("REPORT_QUEUE_URL")), hands.temp()),
        hands.visibilities(),
        Duration.ofMillis(Long.parseLong(env.get("RESERVE_MILLIS"))),
        hands.log());
  }
}
