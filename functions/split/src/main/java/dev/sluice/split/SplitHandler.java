package dev.sluice.split;

import dev.sluice.edge.FunctionSetup;
import dev.sluice.edge.Log;
import dev.sluice.edge.SqsFunction;
import dev.sluice.edge.SqsHandler;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.SplitTask;
import java.util.List;
import java.util.Map;

/// The function `Split`.
public final class SplitHandler extends SqsHandler {
  public SplitHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public SplitHandler(Map<String, String> env) {
    super(env, setup -> function(setup)::handle);
  }

  private static SqsFunction<SplitTask> function(FunctionSetup setup) {
    var s = SplitSettings.of(setup.settings());
    var ports =
        new SplitPorts(
            setup.store(),
            setup.queue("SPLIT_QUEUE_URL"),
            tasks(setup, s, s.openingTasks()),
            tasks(setup, s, 0),
            setup.queue("FETCH_QUEUE_URL"),
            setup.queue("REPORT_QUEUE_URL"));
    return SqsFunction.of(
        "split",
        SplitTask.class,
        new SplitStage(ports, s.rules(), s.partLines(), s.hostGroups(), s.openingTasks()),
        setup.visibilities("SPLIT_QUEUE_URL"),
        setup.reserve(),
        Log.standard());
  }

  private static Outbox<FetchTask> tasks(FunctionSetup setup, SplitSettings s, int aboveTheMark) {
    return setup.boundedQueue(
        List.of("FETCH_QUEUE_URL", "EXTRACT_QUEUE_URL"),
        s.highWaterMessages() + aboveTheMark,
        s.lowWaterMessages() + aboveTheMark);
  }
}
