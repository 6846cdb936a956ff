package dev.sluice.undeliverable;

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
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The function `Undeliverable`: reads the dead letters of every queue.
public final class UndeliverableHandler
    implements RequestHandler<SQSEvent, SQSBatchResponse>, AutoCloseable {
  private record UndeliverableSettings(
      String bucket,
      List<String> deadLetterUrls,
      String splitQueueUrl,
      String fetchQueueUrl,
      String extractQueueUrl,
      String reportQueueUrl,
      int sendConcurrencyRequests,
      Duration reserve) {
    static UndeliverableSettings of(Map<String, String> env) {
      return Settings.read(
          env,
          from ->
              new UndeliverableSettings(
                  from.text("BUCKET"),
                  List.of(
                      from.text("START_DEAD_LETTERS"),
                      from.text("SPLIT_DEAD_LETTERS"),
                      from.text("FETCH_DEAD_LETTERS"),
                      from.text("EXTRACT_DEAD_LETTERS"),
                      from.text("REPORT_DEAD_LETTERS")),
                  from.text("SPLIT_QUEUE_URL"),
                  from.text("FETCH_QUEUE_URL"),
                  from.text("EXTRACT_QUEUE_URL"),
                  from.text("REPORT_QUEUE_URL"),
                  from.count("SEND_CONCURRENCY_REQUESTS", 1, 100),
                  from.millis("RESERVE_MILLIS", 500, 60_000)));
    }
  }

  private final Aws aws;
  private final TempFolder temp;

  /// By the name of the queue: what is given back is hidden in the queue that it came from.
  private final Map<String, SqsFunction<DeadLetter>> functions = new HashMap<>();

  public UndeliverableHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public UndeliverableHandler(Map<String, String> env) {
    var s = UndeliverableSettings.of(env);
    aws = Aws.open(env);
    temp = TempFolder.open();
    var sends = s.sendConcurrencyRequests();
    var stage =
        new UndeliverableStage(
            new UndeliverablePorts(
                new S3ObjectStore(aws.s3(), s.bucket()),
                SqsChannel.unbounded(aws.sqs(), s.splitQueueUrl(), sends),
                SqsChannel.unbounded(aws.sqs(), s.fetchQueueUrl(), sends),
                SqsChannel.unbounded(aws.sqs(), s.extractQueueUrl(), sends),
                SqsChannel.unbounded(aws.sqs(), s.reportQueueUrl(), sends),
                temp.path()));
    for (var url : s.deadLetterUrls()) {
      functions.put(
          last(url, '/'),
          SqsFunction.reading(
                  "undeliverable",
                  DeadLetter::read,
                  stage::run,
                  new SqsVisibilities(aws.sqs(), url),
                  s.reserve(),
                  Log.standard())
              .needing(() -> temp.check(TempFolder.ARCHIVE_BYTES)));
    }
  }

  /// A batch is of one queue.
  ///
  /// @throws IllegalArgumentException if it is of none of ours; names it
  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    var queue = last(event.getRecords().getFirst().getEventSourceArn(), ':');
    var function = functions.get(queue);
    if (function == null) {
      throw new IllegalArgumentException(
          "the queue must be one of " + functions.keySet() + ", got " + queue);
    }
    try (var _ = temp.use()) {
      return function.handle(event, context);
    }
  }

  private static String last(String name, char separator) {
    return name.substring(name.lastIndexOf(separator) + 1);
  }

  @Override
  public void close() {
    aws.close();
    temp.close();
  }
}
