package dev.sluice.split;

import dev.sluice.edge.Settings;
import dev.sluice.edge.SqsFunction;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.SplitTask;
import dev.sluice.local.pipeline.Hands;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/// The function `Split` with other hands than its handler's.
@NullUnmarked // what a template names is there
public final class SimulatedSplit {
  private SimulatedSplit() {}

  public static SqsFunction<?> of(Hands hands) {
    var env = hands.env();
    var s = Settings.read(env, SplitSettings::of);
    var ports =
        new SplitPorts(
            hands.store(),
            hands.unbounded(env.get("SPLIT_QUEUE_URL")),
            tasks(hands, s, s.openingTasks()),
            tasks(hands, s, 0),
            hands.unbounded(env.get("FETCH_QUEUE_URL")),
            hands.unbounded(env.get("REPORT_QUEUE_URL")));
    return SqsFunction.of(
        "split",
        SplitTask.class,
        new SplitStage(ports, s.rules(), s.partLines(), s.hostGroups(), s.openingTasks()),
        hands.visibilities(),
        Duration.ofMillis(Long.parseLong(env.get("RESERVE_MILLIS"))),
        hands.log());
  }

  private static Outbox<FetchTask> tasks(Hands hands, SplitSettings s, int aboveTheMark) {
    return hands.bounded(
        List.of(hands.env().get("FETCH_QUEUE_URL"), hands.env().get("EXTRACT_QUEUE_URL")),
        s.highWaterMessages() + aboveTheMark,
        s.lowWaterMessages() + aboveTheMark);
  }
}
