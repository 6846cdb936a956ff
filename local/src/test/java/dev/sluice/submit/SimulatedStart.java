package dev.sluice.submit;

import dev.sluice.edge.SqsFunction;
import dev.sluice.local.pipeline.Hands;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;

/// The function `Start` with other hands than its handler's.
@NullUnmarked // what a template names is there
public final class SimulatedStart {
  private SimulatedStart() {}

  public static SqsFunction<?> of(Hands hands) {
    var env = hands.env();
    var stage =
        new StartStage(
            hands.store(),
            hands.unbounded(env.get("SPLIT_QUEUE_URL")),
            Duration.ofSeconds(Long.parseLong(env.get("JOB_DEADLINE_SECONDS"))));
    return SqsFunction.reading(
        "start",
        CreatedManifests::read,
        stage::run,
        hands.visibilities(),
        Duration.ofMillis(Long.parseLong(env.get("RESERVE_MILLIS"))),
        hands.log());
  }
}
