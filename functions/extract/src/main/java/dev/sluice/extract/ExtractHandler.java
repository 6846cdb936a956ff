package dev.sluice.extract;

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
import dev.sluice.edge.TempFolder;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.ReportTask;
import java.time.Duration;
import java.util.Map;

/// The function `Extract`.
public final class ExtractHandler
    implements RequestHandler<SQSEvent, SQSBatchResponse>, AutoCloseable {
  private record ExtractSettings(
      String bucket,
      String extractQueueUrl,
      String reportQueueUrl,
      int sendConcurrencyRequests,
      Duration reserve) {
    static ExtractSettings of(Map<String, String> env) {
      return Settings.read(
          env,
          from ->
              new ExtractSettings(
                  from.text("BUCKET"),
                  from.text("EXTRACT_QUEUE_URL"),
                  from.text("REPORT_QUEUE_URL"),
                  from.count("SEND_CONCURRENCY_REQUESTS", 1, 100),
                  from.millis("RESERVE_MILLIS", 500, 60_000)));
    }
  }

  private final Aws aws;
  private final TempFolder temp;
  private final SqsFunction<ExtractTask> function;

  public ExtractHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public ExtractHandler(Map<String, String> env) {
    var s = ExtractSettings.of(env);
    aws = Aws.open(env);
    temp = TempFolder.open();
    var stage =
        new ExtractStage(
            new S3ObjectStore(aws.s3(), s.bucket()),
            SqsChannel.<ReportTask>unbounded(
                aws.sqs(), s.reportQueueUrl(), s.sendConcurrencyRequests()),
            temp.path());
    function =
        SqsFunction.of(
                "extract",
                ExtractTask.class,
                stage,
                new SqsVisibilities(aws.sqs(), s.extractQueueUrl()),
                s.reserve(),
                Log.standard())
            .needing(() -> temp.check(TempFolder.ARCHIVE_BYTES));
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    try (var _ = temp.use()) {
      return function.handle(event, context);
    }
  }

  @Override
  public void close() {
    aws.close();
    temp.close();
  }
}
