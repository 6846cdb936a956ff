package dev.sluice.report;

import dev.sluice.edge.FunctionSetup;
import dev.sluice.edge.Log;
import dev.sluice.edge.SqsFunction;
import dev.sluice.edge.SqsHandler;
import dev.sluice.flow.ReportTask;
import java.util.Map;

/// The function `Report`.
public final class ReportHandler extends SqsHandler {
  public ReportHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public ReportHandler(Map<String, String> env) {
    super(env, setup -> function(setup)::handle);
  }

  private static SqsFunction<ReportTask> function(FunctionSetup setup) {
    var stage = new ReportStage(setup.store(), setup.queue("REPORT_QUEUE_URL"));
    return SqsFunction.grouped(
        "report",
        ReportTask.class,
        stage::run,
        setup.visibilities("REPORT_QUEUE_URL"),
        setup.reserve(),
        Log.standard());
  }
}
