package dev.sluice.sweep;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.async.Island;
import dev.sluice.edge.Aws;
import dev.sluice.edge.Log;
import dev.sluice.edge.S3ObjectStore;
import dev.sluice.edge.Settings;
import dev.sluice.edge.SqsChannel;
import dev.sluice.edge.TempFolder;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// The function `Sweep`, on a schedule: see `docs/flow.md`.
public final class SweepHandler
    implements RequestHandler<ScheduledEvent, Map<String, Integer>>, AutoCloseable {
  private record SweepSettings(
      String bucket,
      String splitQueueUrl,
      String reportQueueUrl,
      Duration jobDeadline,
      int sendConcurrencyRequests,
      Duration reserve) {
    static SweepSettings of(Map<String, String> env) {
      return Settings.read(
          env,
          from ->
              new SweepSettings(
                  from.text("BUCKET"),
                  from.text("SPLIT_QUEUE_URL"),
                  from.text("REPORT_QUEUE_URL"),
                  Duration.ofSeconds(from.number("JOB_DEADLINE_SECONDS", 0, 31_536_000)),
                  from.count("SEND_CONCURRENCY_REQUESTS", 1, 100),
                  from.millis("RESERVE_MILLIS", 500, 60_000)));
    }
  }

  private final Aws aws;
  private final TempFolder temp;
  private final Duration reserve;
  private final SweepStage stage;
  private final Log log = Log.standard();

  public SweepHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public SweepHandler(Map<String, String> env) {
    var s = SweepSettings.of(env);
    aws = Aws.open(env);
    temp = TempFolder.open();
    reserve = s.reserve();
    var sends = s.sendConcurrencyRequests();
    stage =
        new SweepStage(
            new S3ObjectStore(aws.s3(), s.bucket()),
            SqsChannel.<SplitTask>unbounded(aws.sqs(), s.splitQueueUrl(), sends),
            SqsChannel.<ReportTask>unbounded(aws.sqs(), s.reportQueueUrl(), sends),
            s.jobDeadline(),
            log,
            temp.path());
  }

  /// Sweeps once.
  ///
  /// @return the counts of the sweep, by the keys of the log line
  /// @throws IllegalStateException if it could not be done or ended; the next sweep goes on
  @Override
  public Map<String, Integer> handleRequest(ScheduledEvent event, Context context) {
    var left = Duration.ofMillis(context.getRemainingTimeInMillis());
    try (var _ = temp.use()) {
      var swept = Island.run(Deadline.in(left).minus(reserve), reserve.dividedBy(2), stage::run);
      var fields = Json.object().put("function", "sweep");
      swept.byName().forEach(fields::put);
      log.line(swept.get(SweepCount.FAILED) == 0 ? "info" : "error", fields);
      return new TreeMap<>(swept.byName());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    } catch (Exception failed) {
      throw new IllegalStateException("the sweep did not end", failed);
    }
  }

  @Override
  public void close() {
    aws.close();
    temp.close();
  }
}
