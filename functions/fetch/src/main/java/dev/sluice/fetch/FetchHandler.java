package dev.sluice.fetch;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.edge.Aws;
import dev.sluice.edge.Log;
import dev.sluice.edge.S3ObjectStore;
import dev.sluice.edge.SqsChannel;
import dev.sluice.edge.SqsFunction;
import dev.sluice.edge.SqsVisibilities;
import dev.sluice.edge.TempFolder;
import dev.sluice.fetch.guard.Resolver;
import dev.sluice.fetch.wire.HttpLimits;
import dev.sluice.fetch.wire.HttpWeb;
import dev.sluice.fetch.wire.Tls;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Followers;
import java.util.Map;

/// The function `Fetch`.
public final class FetchHandler
    implements RequestHandler<SQSEvent, SQSBatchResponse>, AutoCloseable {
  private final Aws aws;
  private final TempFolder temp;
  private final HttpWeb web;
  private final SqsFunction<FetchTask> function;

  public FetchHandler() {
    this(System.getenv());
  }

  /// The same for `local`, whose environment is not the process's.
  public FetchHandler(Map<String, String> env) {
    var s = FetchSettings.of(env);
    aws = Aws.open(env);
    temp = TempFolder.open();
    web =
        new HttpWeb(
            HttpLimits.of(s.userAgent(), s.timeout(), s.maxBodyBytes(), s.spoolMemoryBytes()),
            new Resolver(s.rules(), s.hosts()),
            Tls.context(),
            temp.path());
    var stage =
        new FetchStage(
            s,
            new S3ObjectStore(aws.s3(), s.bucket()),
            new Followers(
                SqsChannel.unbounded(aws.sqs(), s.extractQueueUrl(), s.sendConcurrencyRequests()),
                SqsChannel.unbounded(aws.sqs(), s.splitQueueUrl(), s.sendConcurrencyRequests())),
            web,
            temp.path());
    function =
        SqsFunction.of(
                "fetch",
                FetchTask.class,
                stage,
                new SqsVisibilities(aws.sqs(), s.fetchQueueUrl()),
                s.reserve(),
                Log.standard())
            .needing(() -> temp.check(s.maxBodyBytes()))
            .needing(web::check);
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    try (var _ = temp.use()) {
      return function.handle(event, context);
    } finally {
      web.dropIdle(); // a frozen environment keeps no connection alive
    }
  }

  @Override
  public void close() {
    web.close();
    aws.close();
    temp.close();
  }
}
