package dev.sluice.split;

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
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import java.util.List;
import java.util.Map;

/// The function `Split`.
public final class SplitHandler
    implements RequestHandler<SQSEvent, SQSBatchResponse>, AutoCloseable {
  private final Aws aws;
  private final SqsFunction<SplitTask> function;

  public SplitHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public SplitHandler(Map<String, String> env) {
    var s = SplitSettings.of(env);
    aws = Aws.open(env);
    var sends = s.sendConcurrencyRequests();
    var ports =
        new SplitPorts(
            new S3ObjectStore(aws.s3(), s.bucket()),
            SqsChannel.<SplitTask>unbounded(aws.sqs(), s.splitQueueUrl(), sends),
            tasks(s, s.openingTasks()),
            tasks(s, 0),
            SqsChannel.<FetchTask>unbounded(aws.sqs(), s.fetchQueueUrl(), sends),
            SqsChannel.<ReportTask>unbounded(aws.sqs(), s.reportQueueUrl(), sends));
    var stage = new SplitStage(ports, s.rules(), s.partLines(), s.hostGroups(), s.openingTasks());
    function =
        SqsFunction.of(
            "split",
            SplitTask.class,
            stage,
            new SqsVisibilities(aws.sqs(), s.splitQueueUrl()),
            s.reserve(),
            Log.standard());
  }

  private Outbox<FetchTask> tasks(SplitSettings s, int aboveTheMark) {
    return SqsChannel.bounded(
        aws.sqs(),
        List.of(s.fetchQueueUrl(), s.extractQueueUrl()),
        s.highWaterMessages() + aboveTheMark,
        s.lowWaterMessages() + aboveTheMark,
        s.sendConcurrencyRequests());
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
