package dev.sluice.edge;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.async.Deadline;
import dev.sluice.async.Island;
import dev.sluice.async.Run;
import dev.sluice.flow.Message;
import dev.sluice.flow.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A whole batch of one function: reads each message, runs its stage, and names exactly those that
/// failed.
///
/// Of a standard queue the messages run side by side. Of a FIFO queue, which its ARN tells, those
/// of a group run one after the other, and when one fails the later ones of its group are given
/// back unread. When most of a batch fails for a reason of ours, the whole invocation fails, so
/// that Lambda slows its polling down.
///
/// @param <M> the messages
public final class SqsFunction<M> {
  private static final ObjectMapper LOG_KEYS =
      Json.MAPPER.copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  private final String name;
  private final Function<String, M> reader;
  private final SqsStage<M> stage;
  private final Duration reserve;
  private final Log log;

  /// What is done with one message, whatever a message is.
  @FunctionalInterface
  public interface SqsStage<M> {
    /// See [Stage#run].
    CompletableFuture<? extends Record> run(M message, Run run);
  }

  private SqsFunction(
      String name, Function<String, M> reader, SqsStage<M> stage, Duration reserve, Log log) {
    this.name = name;
    this.reader = reader;
    this.stage = stage;
    this.reserve = reserve;
    this.log = log;
  }

  /// A function whose bodies are messages of ours.
  ///
  /// @param reserve what the invocation keeps back of its time
  public static <M extends Message> SqsFunction<M> of(
      String name, Class<M> kind, Stage<M, ?> stage, Duration reserve, Log log) {
    return new SqsFunction<>(
        name,
        body -> Json.read(kind, body),
        (message, run) -> stage.run(message, run).toCompletableFuture(),
        reserve,
        log);
  }

  /// A function whose bodies are someone else's, as S3's notifications.
  public static <M> SqsFunction<M> reading(
      String name, Function<String, M> reader, SqsStage<M> stage, Duration reserve, Log log) {
    return new SqsFunction<>(name, reader, stage, reserve, log);
  }

  /// Handles a batch; blocks until all of it has ended.
  ///
  /// @throws IllegalStateException if most of the batch failed for a reason of ours
  public SQSBatchResponse handle(SQSEvent event, Context context) {
    var left = Duration.ofMillis(context.getRemainingTimeInMillis());
    var deadline = Deadline.in(left).minus(reserve);
    var batch = new Batch(event.getRecords());
    try {
      Island.run(deadline, reserve.dividedBy(2), batch::run);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    } catch (Exception notEnded) {
      batch.giveBackTheRest(notEnded);
    }
    return batch.answer();
  }

  /// One invocation's; only the island's thread touches it.
  private final class Batch {
    private final List<SQSEvent.SQSMessage> messages;
    private final Map<SQSEvent.SQSMessage, Boolean> ended = new HashMap<>();
    private int ours;

    Batch(List<SQSEvent.SQSMessage> messages) {
      this.messages = messages;
    }

    CompletableFuture<Void> run(Run run) {
      var lanes = new HashMap<String, CompletableFuture<Boolean>>();
      for (var message : messages) {
        var lane = lane(message);
        var before = lanes.getOrDefault(lane, CompletableFuture.completedFuture(true));
        lanes.put(
            lane,
            before.thenCompose(fine -> {
              if (fine) {
                return one(message, run);
              }
              ended.put(message, false);
              return CompletableFuture.completedFuture(false);
            }));
      }
      return CompletableFuture.allOf(lanes.values().toArray(CompletableFuture<?>[]::new));
    }

    private String lane(SQSEvent.SQSMessage message) {
      return message.getEventSourceArn().endsWith(".fifo")
          ? String.valueOf(message.getAttributes().get("MessageGroupId"))
          : message.getMessageId();
    }

    private CompletableFuture<Boolean> one(SQSEvent.SQSMessage message, Run run) {
      var begun = run.nanoTime();
      M read;
      try {
        read = reader.apply(message.getBody());
      } catch (IllegalArgumentException unreadable) {
        ended.put(message, false);
        line("error", message, null, run, begun, failed("unreadable", unreadable));
        return CompletableFuture.completedFuture(false);
      }
      CompletableFuture<? extends Record> result;
      try {
        result = stage.run(read, run);
      } catch (RuntimeException thrown) {
        result = CompletableFuture.failedFuture(thrown);
      }
      return run.resume(result)
          .handle((done, failure) -> {
            ended.put(message, failure == null);
            if (failure == null) {
              line("info", message, read, run, begun, LOG_KEYS.valueToTree(done));
            } else {
              ours++;
              line("warn", message, read, run, begun, failed("failed", failure));
            }
            return failure == null;
          });
    }

    void giveBackTheRest(Exception why) {
      for (var message : messages) {
        if (ended.putIfAbsent(message, false) == null) {
          ours++;
          log.line("warn", failed("failed", why).put("message", message.getMessageId()));
        }
      }
    }

    SQSBatchResponse answer() {
      if (ours * 2 > messages.size()) {
        throw new IllegalStateException(
            ours + " of " + messages.size() + " messages failed for a reason of ours");
      }
      var back = new ArrayList<SQSBatchResponse.BatchItemFailure>();
      for (var message : messages) {
        if (!ended.getOrDefault(message, false)) {
          back.add(new SQSBatchResponse.BatchItemFailure(message.getMessageId()));
        }
      }
      return new SQSBatchResponse(back);
    }

    private void line(
        String level,
        SQSEvent.SQSMessage message,
        @Nullable M read,
        Run run,
        long begun,
        ObjectNode fields) {
      var line = Json.object().put("function", name).put("message", message.getMessageId());
      if (read instanceof Message ours) {
        line.put("job", ours.job().name()).put("id", ours.deduplicationId());
      }
      line.put("tries", message.getAttributes().get("ApproximateReceiveCount"));
      line.put("took_ms", (run.nanoTime() - begun) / 1_000_000);
      log.line(level, line.setAll(fields));
    }

    private ObjectNode failed(String outcome, Throwable failure) {
      var cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      return Json.object().put("outcome", outcome).put("error", cause.toString());
    }
  }
}
