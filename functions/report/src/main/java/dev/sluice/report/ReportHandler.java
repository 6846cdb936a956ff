package dev.sluice.report;

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
import dev.sluice.flow.ReportTask;
import java.time.Duration;
import java.util.Map;

/// The function `Report`.
public final class ReportHandler
    implements RequestHandler<SQSEvent, SQSBatchResponse>, AutoCloseable {
  private record ReportSettings(
      String bucket, String reportQueueUrl, int sendConcurrencyRequests, Duration reserve) {
    static ReportSettings of(Map<String, String> env) {
      return Settings.read(
          env,
          from ->
              new ReportSettings(
                  from.text("BUCKET"),
                  from.text("REPORT_QUEUE_URL"),
                  from.count("SEND_CONCURRENCY_REQUESTS", 1, 100),
                  from.millis("RESERVE_MILLIS", 500, 60_000)));
    }
  }

  private final Aws aws;
  private final SqsFunction<ReportTask> function;

  public ReportHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public ReportHandler(Map<String, String> env) {
    var settings = ReportSettings.of(env);
    aws = Aws.open(env);
    var stage =
        new ReportStage(
            new S3ObjectStore(aws.s3(), settings.bucket()),
            SqsChannel.<ReportTask>unbounded(
                aws.sqs(), settings.reportQueueUrl(), settings.sendConcurrencyRequests()));
    function =
        SqsFunction.grouped(
            "report",
            ReportTask.class,
            stage::run,
            new SqsVisibilities(aws.sqs(), settings.reportQueueUrl()),
            settings.reserve(),
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
