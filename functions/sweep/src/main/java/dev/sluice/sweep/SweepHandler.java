package dev.sluice.sweep;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.async.Island;
import dev.sluice.edge.FunctionSetup;
import dev.sluice.edge.Log;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// The function `Sweep`, on a schedule: see `docs/flow.md`.
public final class SweepHandler
    implements RequestHandler<ScheduledEvent, Map<String, Integer>>, AutoCloseable {
  private final Log log = Log.standard();
  private final FunctionSetup setup;
  private final RequestHandler<ScheduledEvent, Map<String, Integer>> function;

  public SweepHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public SweepHandler(Map<String, String> env) {
    setup = new FunctionSetup(env);
    function = setup.make(this::function);
  }

  private RequestHandler<ScheduledEvent, Map<String, Integer>> function(FunctionSetup setup) {
    var reserve = setup.reserve();
    var stage =
        new SweepStage(
            setup.store(),
            setup.queue("SPLIT_QUEUE_URL"),
            setup.queue("REPORT_QUEUE_URL"),
            setup.jobDeadline(),
            log,
            setup.temp().path());
    return (_, context) -> sweep(stage, reserve, context);
  }

  private Map<String, Integer> sweep(SweepStage stage, Duration reserve, Context context) {
    var left = Duration.ofMillis(context.getRemainingTimeInMillis());
    try (var _ = setup.use()) {
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

  /// Sweeps once.
  ///
  /// @return the counts of the sweep, by the keys of the log line
  /// @throws IllegalStateException if the sweep failed or did not end; the next one goes on
  @Override
  public Map<String, Integer> handleRequest(ScheduledEvent event, Context context) {
    return function.handleRequest(event, context);
  }

  @Override
  public void close() {
    setup.close();
  }
}
