package dev.sluice.extract;

import dev.sluice.edge.FunctionSetup;
import dev.sluice.edge.Log;
import dev.sluice.edge.SqsFunction;
import dev.sluice.edge.SqsHandler;
import dev.sluice.edge.TempFolder;
import dev.sluice.flow.ExtractTask;
import java.util.Map;

/// The function `Extract`.
public final class ExtractHandler extends SqsHandler {
  public ExtractHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public ExtractHandler(Map<String, String> env) {
    super(env, setup -> function(setup)::handle);
  }

  private static SqsFunction<ExtractTask> function(FunctionSetup setup) {
    var temp = setup.temp();
    return SqsFunction.of(
            "extract",
            ExtractTask.class,
            new ExtractStage(setup.store(), setup.queue("REPORT_QUEUE_URL"), temp.path()),
            setup.visibilities("EXTRACT_QUEUE_URL"),
            setup.reserve(),
            Log.standard())
        .needing(() -> temp.check(TempFolder.ARCHIVE_BYTES));
  }
}
