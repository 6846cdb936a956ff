package dev.sluice.edge;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.async.Deadline;
import dev.sluice.async.Island;
import dev.sluice.async.Run;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Message;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Stage;
import dev.sluice.flow.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A whole batch of one function: reads each message, runs its stage, and names exactly those that
/// failed.
///
/// Of a standard queue the messages run side by side. Of a FIFO queue, which its ARN tells, those
/// of a group run one after the other, or all together if the stage takes them so, and when one
/// fails the later ones of its group are given back. What is given back stays hidden for a back-off
/// of its own: 10 s after the first receive, four times as long after each other one up to 15
/// minutes, less up to a half at random, and not past the deadline of its job; all of a group
/// equally long. That is asked as the last act, and when it fails they wait for the queue's
/// visibility.
///
/// When most of a batch is given back because store or queue refused, or because it did not end,
/// the whole invocation fails, so that Lambda slows its polling down.
///
/// @param <M> the messages
public final class SqsFunction<M> {
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(10);
  private static final Duration MOST_BACK_OFF = Duration.ofMinutes(15);

  private final String name;
  private final Function<String, M> reader;
  private final GroupStage<M> stage;
  private final int most;
  private final Visibilities visibilities;
  private final Duration reserve;
  private final Log log;

  /// What is done with one message, whatever a message is.
  @FunctionalInterface
  public interface SqsStage<M> {
    /// See [Stage#run].
    CompletableFuture<? extends Record> run(M message, Run run);
  }

  /// What is done with messages of one group together, in their order: all of it or nothing.
  @FunctionalInterface
  public interface GroupStage<M> {
    /// Completes when all effects are done.
    ///
    /// @param messages at least one; the batch's of one group, up to the first that cannot be read
    /// @return when it fails, all of them are given back
    CompletionStage<? extends Record> run(List<M> messages, Run run);
  }

  private SqsFunction(
      String name,
      Function<String, M> reader,
      GroupStage<M> stage,
      int most,
      Visibilities visibilities,
      Duration reserve,
      Log log) {
    this.name = name;
    this.reader = reader;
    this.stage = stage;
    this.most = most;
    this.visibilities = visibilities;
    this.reserve = reserve;
    this.log = log;
  }

  /// A function whose bodies are messages of ours.
  ///
  /// @param visibilities of the queue that feeds it
  /// @param reserve what the invocation keeps back of its time
  public static <M extends Message> SqsFunction<M> of(
      String name,
      Class<M> kind,
      Stage<M, ?> stage,
      Visibilities visibilities,
      Duration reserve,
      Log log) {
    return new SqsFunction<>(
        name,
        body -> Json.read(kind, body),
        (messages, run) -> stage.run(messages.getFirst(), run),
        1,
        visibilities,
        reserve,
        log);
  }

  /// A function that handles what came of a group together, as one step.
  ///
  /// @param visibilities of the queue that feeds it
  /// @param reserve what the invocation keeps back of its time
  public static <M extends Message> SqsFunction<M> grouped(
      String name,
      Class<M> kind,
      GroupStage<M> stage,
      Visibilities visibilities,
      Duration reserve,
      Log log) {
    return new SqsFunction<>(
        name, body -> Json.read(kind, body), stage, Integer.MAX_VALUE, visibilities, reserve, log);
  }

  /// A function whose bodies are someone else's, as S3's notifications.
  public static <M> SqsFunction<M> reading(
      String name,
      Function<String, M> reader,
      SqsStage<M> stage,
      Visibilities visibilities,
      Duration reserve,
      Log log) {
    return new SqsFunction<>(
        name,
        reader,
        (messages, run) -> stage.run(messages.getFirst(), run),
        1,
        visibilities,
        reserve,
        log);
  }

  /// Handles a batch; blocks until all of it has ended.
  ///
  /// @throws IllegalStateException if most of the batch was given back for a reason of ours
  public SQSBatchResponse handle(SQSEvent event, Context context) {
    var left = Duration.ofMillis(context.getRemainingTimeInMillis());
    try {
      return Island.run(Deadline.in(left).minus(reserve), reserve, run -> start(event, run));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    } catch (RuntimeException failed) {
      throw failed;
    } catch (Exception notEnded) {
      throw new IllegalStateException("the batch did not end", notEnded);
    }
  }

  /// Handles a batch on the executor of this run; what has not ended half a reserve after its
  /// deadline is given back.
  ///
  /// @return fails with an `IllegalStateException` if most of the batch was given back for a reason
  ///   of ours
  public CompletionStage<SQSBatchResponse> start(SQSEvent event, Run run) {
    var batch = new Batch(event.getRecords(), run);
    return batch
        .within(run.deadline().left().plus(reserve.dividedBy(2)), batch.run())
        .thenCompose(_ -> batch.giveBack())
        .thenApply(_ -> batch.answer());
  }

  private enum Fate {
    DONE,

    /// Given back because store or queue refused, or because it did not end.
    OURS,

    /// Given back for another reason.
    THEIRS
  }

  /// One invocation's; only its executor touches it.
  private final class Batch {
    private final List<SQSEvent.SQSMessage> messages;
    private final Run run;
    private final Map<String, List<SQSEvent.SQSMessage>> lanes = new LinkedHashMap<>();
    private final Map<SQSEvent.SQSMessage, Fate> fates = new HashMap<>();

    /// Deadlines of the jobs of those that could be read.
    private final Map<SQSEvent.SQSMessage, Instant> deadlines = new HashMap<>();

    private final Map<String, Duration> hidden = new LinkedHashMap<>();

    Batch(List<SQSEvent.SQSMessage> messages, Run run) {
      this.messages = messages;
      this.run = run;
      for (var message : messages) {
        lanes.computeIfAbsent(lane(message), _ -> new ArrayList<>()).add(message);
      }
    }

    CompletableFuture<Void> run() {
      return CompletableFuture.allOf(
          lanes.values().stream().map(lane -> run(lane, 0)).toArray(CompletableFuture<?>[]::new));
    }

    /// One group after the other, until one is given back.
    private CompletableFuture<Fate> run(List<SQSEvent.SQSMessage> lane, int next) {
      var read = new ArrayList<M>();
      while (read.size() < most && next + read.size() < lane.size()) {
        var message = lane.get(next + read.size());
        try {
          read.add(reader.apply(message.getBody()));
        } catch (IllegalArgumentException unreadable) {
          if (read.isEmpty()) {
            line("error", message, null, run.nanoTime(), failed("unreadable", unreadable));
            giveBack(lane.subList(next, lane.size()), Fate.THEIRS);
            return CompletableFuture.completedFuture(Fate.THEIRS);
          }
          break; // those before it have their turn first
        }
      }
      var end = next + read.size();
      return group(lane.subList(next, end), read)
          .thenCompose(fate -> {
            if (fate != Fate.DONE) {
              giveBack(lane.subList(next, lane.size()), fate);
            } else if (end < lane.size()) {
              return run(lane, end);
            }
            return CompletableFuture.completedFuture(fate);
          });
    }

    private void giveBack(List<SQSEvent.SQSMessage> these, Fate fate) {
      var wait = backOff(these.getFirst());
      for (var message : these) {
        if (fates.putIfAbsent(message, fate) == null) {
          hidden.put(message.getReceiptHandle(), wait);
        }
      }
    }

    private Duration backOff(SQSEvent.SQSMessage message) {
      var receives =
          Integer.parseInt(message.getAttributes().getOrDefault("ApproximateReceiveCount", "1"));
      var most = FIRST_BACK_OFF.multipliedBy(1L << Math.min(2 * (receives - 1), 10)).toMillis();
      most = Math.min(most, MOST_BACK_OFF.toMillis());
      var wait = Duration.ofMillis(most - run.random().nextLong(most / 2));
      var left = Duration.between(run.now(), deadlines.getOrDefault(message, Instant.MAX));
      return left.compareTo(wait) > 0 ? wait : left.isNegative() ? Duration.ZERO : left;
    }

    /// Completes when the work has ended or the time has passed, whichever is first.
    CompletionStage<?> within(Duration time, CompletionStage<?> work) {
      var alarm = run.sleep(time);
      return CompletableFuture.anyOf(run.resume(work).exceptionally(_ -> null), alarm)
          .whenComplete((_, _) -> alarm.cancel(false));
    }

    /// Gives back what has not ended, and asks the queue to hide all that is given back.
    CompletionStage<?> giveBack() {
      for (var lane : lanes.values()) {
        var open = lane.stream().filter(message -> !fates.containsKey(message)).toList();
        if (!open.isEmpty()) {
          giveBack(open, Fate.OURS);
          var late = new TimeoutException("it did not end before the deadline of the invocation");
          open.forEach(message ->
              log.line("warn", failed("failed", late).put("message", message.getMessageId())));
        }
      }
      return hidden.isEmpty()
          ? CompletableFuture.completedFuture(true)
          : within(reserve.dividedBy(4), hide());
    }

    private CompletionStage<?> hide() {
      CompletionStage<?> asked;
      try {
        asked = visibilities.change(Map.copyOf(hidden));
      } catch (RuntimeException thrown) {
        asked = CompletableFuture.failedFuture(thrown);
      }
      return asked.whenComplete((_, failure) -> {
        if (failure != null) {
          log.line("warn", failed("not_hidden", failure));
        }
      });
    }

    private String lane(SQSEvent.SQSMessage message) {
      return message.getEventSourceArn().endsWith(".fifo")
          ? String.valueOf(message.getAttributes().get("MessageGroupId"))
          : message.getMessageId();
    }

    private CompletableFuture<Fate> group(List<SQSEvent.SQSMessage> these, List<M> read) {
      var begun = run.nanoTime();
      for (var i = 0; i < read.size(); i++) {
        deadlines.put(these.get(i), deadlineOf(read.get(i)));
      }
      CompletionStage<? extends Record> result;
      try {
        result = stage.run(read, run);
      } catch (RuntimeException thrown) {
        result = CompletableFuture.failedFuture(thrown);
      }
      return run.resume(result)
          .handle((done, failure) -> {
            for (var i = 0; i < read.size(); i++) {
              if (failure != null) {
                line("warn", these.get(i), read.get(i), begun, failed("failed", failure));
              } else {
                line("info", these.get(i), read.get(i), begun, Log.fields(done));
                fates.putIfAbsent(these.get(i), Fate.DONE);
              }
            }
            return failure == null
                ? Fate.DONE
                : Unavailable.isCauseOf(failure) ? Fate.OURS : Fate.THEIRS;
          });
    }

    private Instant deadlineOf(M message) {
      return switch (message) {
        case SplitTask task -> task.deadline();
        case FetchTask task -> task.deadline();
        default -> Instant.MAX;
      };
    }

    SQSBatchResponse answer() {
      var ours = Collections.frequency(fates.values(), Fate.OURS);
      if (ours * 2 > messages.size()) {
        throw new IllegalStateException(
            ours + " of " + messages.size() + " messages failed for a reason of ours");
      }
      return new SQSBatchResponse(
          messages.stream()
              .filter(message -> fates.get(message) != Fate.DONE)
              .map(message -> new SQSBatchResponse.BatchItemFailure(message.getMessageId()))
              .toList());
    }

    private void line(
        String level,
        SQSEvent.SQSMessage message,
        @Nullable M read,
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
