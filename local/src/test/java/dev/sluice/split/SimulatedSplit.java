package dev.sluice.split;

import dev.sluice.edge.SqsFunction;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.SplitTask;
import dev.sluice.local.pipeline.Hands;
import java.util.List;

/// The function `Split` with other hands than its handler's.
public final class SimulatedSplit {
  private SimulatedSplit() {}

  public static SqsFunction<?> of(Hands hands) {
    var s = SplitSettings.of(hands.env());
    var ports =
        new SplitPorts(
            hands.store(),
            hands.unbounded(s.splitQueueUrl()),
            tasks(hands, s, s.openingTasks()),
            tasks(hands, s, 0),
            hands.unbounded(s.fetchQueueUrl()),
            hands.unbounded(s.reportQueueUrl()));
    return SqsFunction.of(
        "split",
        SplitTask.class,
        new SplitStage(ports, s.rules(), s.partLines(), s.hostGroups(), s.openingTasks()),
        hands.visibilities(),
        s.reserve(),
        hands.log());
  }

  private static Outbox<FetchTask> tasks(Hands hands, SplitSettings s, int aboveTheMark) {
    return hands.bounded(
        List.of(s.fetchQueueUrl(), s.extractQueueUrl()),
        s.highWaterMessages() + aboveTheMark,
        s.lowWaterMessages() + aboveTheMark);
  }
}
