package dev.sluice.fetch;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.edge.FunctionSetup;
import dev.sluice.edge.Log;
import dev.sluice.edge.SqsFunction;
import dev.sluice.edge.SqsHandler;
import dev.sluice.fetch.guard.Resolver;
import dev.sluice.fetch.wire.HttpLimits;
import dev.sluice.fetch.wire.HttpWeb;
import dev.sluice.fetch.wire.Tls;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Followers;
import java.util.Map;

/// The function `Fetch`.
public final class FetchHandler extends SqsHandler {
  public FetchHandler() {
    this(System.getenv());
  }

  /// The same for `local`, whose environment is not the process's.
  public FetchHandler(Map<String, String> env) {
    var settings = FetchSettings.of(env);
    super(env, setup -> function(settings, setup));
  }

  private static RequestHandler<SQSEvent, SQSBatchResponse> function(
      FetchSettings s, FunctionSetup setup) {
    var temp = setup.temp();
    var web =
        new HttpWeb(
            HttpLimits.of(s.userAgent(), s.timeout(), s.maxBodyBytes(), s.spoolMemoryBytes()),
            new Resolver(s.rules(), s.hosts()),
            Tls.context(),
            temp.path());
    setup.onClose(web::close);
    var followers = new Followers(setup.queue("EXTRACT_QUEUE_URL"), setup.queue("SPLIT_QUEUE_URL"));
    var function =
        SqsFunction.of(
                "fetch",
                FetchTask.class,
                new FetchStage(s, setup.store(), followers, web, temp.path()),
                setup.visibilities("FETCH_QUEUE_URL"),
                s.reserve(),
                Log.standard())
            .needing(() -> temp.check(s.maxBodyBytes()))
            .needing(web::check);
    return (event, context) -> {
      try {
        return function.handle(event, context);
      } finally {
        web.dropIdle(); // a frozen environment keeps no connection alive
      }
    };
  }
}
