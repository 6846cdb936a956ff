package dev.sluice.submit;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.edge.Aws;
import dev.sluice.edge.Log;
import dev.sluice.edge.S3ObjectStore;
import dev.sluice.edge.Settings;
import dev.sluice.edge.SqsChannel;
import dev.sluice.edge.SqsFunction;
import dev.sluice.edge.SqsVisibilities;
import dev.sluice.flow.SplitTask;
import java.time.Duration;
import java.util.Map;

/// The function `Start`: an object created under `manifests/` starts a job, and nothing else does.
public final class StartHandler
    implements RequestHandler<SQSEvent, SQSBatchResponse>, AutoCloseable {
  private record StartSettings(
      String bucket,
      String startQueueUrl,
      String splitQueueUrl,
      Duration jobDeadline,
      int sendConcurrencyRequests,
      Duration reserve) {
    static StartSettings of(Map<String, String> env) {
      return Settings.read(
          env,
          from ->
              new StartSettings(
                  from.text("BUCKET"),
                  from.text("START_QUEUE_URL"),
                  from.text("SPLIT_QUEUE_URL"),
                  Duration.ofSeconds(from.number("JOB_DEADLINE_SECONDS", 0, 31_536_000)),
                  from.count("SEND_CONCURRENCY_REQUESTS", 1, 100),
                  from.millis("RESERVE_MILLIS", 500, 60_000)));
    }
  }

  private final Aws aws;
  private final SqsFunction<CreatedManifests> function;

  public StartHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public StartHandler(Map<String, String> env) {
    var s = StartSettings.of(env);
    aws = Aws.open(env);
    var parts =
        SqsChannel.<SplitTask>unbounded(aws.sqs(), s.splitQueueUrl(), s.sendConcurrencyRequests());
    var stage = new StartStage(new S3ObjectStore(aws.s3(), s.bucket()), parts, s.jobDeadline());
    function =
        SqsFunction.reading(
            "start",
            CreatedManifests::read,
            stage::run,
            new SqsVisibilities(aws.sqs(), s.startQueueUrl()),
            s.reserve(),
            Log.standard());
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    return function.handle(event, context);
  }

  @Override
  public void close() {
    aws.close();
  }
}
