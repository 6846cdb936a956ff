package dev.sluice.undeliverable;

import dev.sluice.edge.SqsFunction;
import dev.sluice.local.pipeline.Hands;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;

/// The function `Undeliverable` with other hands than its handler's.
@NullUnmarked // what a template names is there
public final class SimulatedUndeliverable {
  private SimulatedUndeliverable() {}

  public static SqsFunction<?> of(Hands hands) {
    var env = hands.env();
    var stage =
        new UndeliverableStage(
            new UndeliverablePorts(
                hands.store(),
                hands.unbounded(env.get("SPLIT_QUEUE_URL")),
                hands.unbounded(env.get("FETCH_QUEUE_URL")),
                hands.unbounded(env.get("EXTRACT_QUEUE_URL")),
                hands.unbounded(env.get("REPORT_QUEUE_URL")),
                hands.temp()));
    return SqsFunction.reading(
        "undeliverable",
        DeadLetter::read,
        stage::run,
        hands.visibilities(),
        Duration.ofMillis(Long.parseLong(env.get("RESERVE_MILLIS"))),
        hands.log());
  }
}
