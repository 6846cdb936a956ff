package dev.sluice.submit;

import dev.sluice.edge.FunctionSetup;
import dev.sluice.edge.Log;
import dev.sluice.edge.SqsFunction;
import dev.sluice.edge.SqsHandler;
import java.util.Map;

/// The function `Start`: an object created under `manifests/` starts a job, and nothing else does.
public final class StartHandler extends SqsHandler {
  public StartHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public StartHandler(Map<String, String> env) {
    super(env, setup -> function(setup)::handle);
  }

  private static SqsFunction<CreatedManifests> function(FunctionSetup setup) {
    var stage = new StartStage(setup.store(), setup.queue("SPLIT_QUEUE_URL"), setup.jobDeadline());
    return SqsFunction.reading(
        "start",
        CreatedManifests::read,
        stage::run,
        setup.visibilities("START_QUEUE_URL"),
        setup.reserve(),
        Log.standard());
  }
}
