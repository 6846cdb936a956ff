package dev.sluice.edge;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.archive.Json;
import dev.sluice.async.Run;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.Failures;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Message;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Unavailable;
import java.io.IOError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One batch while it is handled: its messages are read, run, and given back or hidden. The
/// executor of its invocation owns it.
///
/// @param <M> the messages
final class SqsBatch<M> {
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(10);
  private static final Duration MOST_BACK_OFF = Duration.ofMinutes(15);

  private enum Fate {
    DONE,

    /// Given back because the store or a queue refused, or because it did not end in time.
    OURS,

    /// Given back for another reason.
    THEIRS
  }

  private final SqsFunction.Parts<M> parts;
  private final List<SQSEvent.SQSMessage> messages;
  private final Run run;
  private final Map<String, List<SQSEvent.SQSMessage>> lanes = new LinkedHashMap<>();
  private final Map<SQSEvent.SQSMessage, Fate> fates = new HashMap<>();

  /// Deadlines of the jobs of the messages that could be read.
  private final Map<SQSEvent.SQSMessage, Instant> deadlines = new HashMap<>();

  private final Map<String, Duration> hidden = new LinkedHashMap<>();

  /// An error of the JVM that each later message would meet as well.
  private @Nullable Throwable fatal;

  SqsBatch(SqsFunction.Parts<M> parts, List<SQSEvent.SQSMessage> messages, Run run) {
    this.parts = parts;
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

  /// Runs one group after the other, until one is given back.
  private CompletableFuture<Fate> run(List<SQSEvent.SQSMessage> lane, int next) {
    var read = new ArrayList<M>();
    while (read.size() < parts.most() && next + read.size() < lane.size()) {
      var message = lane.get(next + read.size());
      try {
        read.add(parts.reader().apply(message.getBody()));
      } catch (IllegalArgumentException unreadable) {
        if (read.isEmpty()) {
          line("error", message, null, run.nanoTime(), failed("unreadable", unreadable));
          giveBack(lane.subList(next, lane.size()), Fate.THEIRS);
          return CompletableFuture.completedFuture(Fate.THEIRS);
        }
        break; // the messages before it run first
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
    return left.isPositive() && left.compareTo(wait) < 0 ? left : wait;
  }

  /// Completes when the work has ended or the time has passed, whichever is first.
  CompletionStage<?> within(Duration time, CompletionStage<?> work) {
    var alarm = run.sleep(time);
    return CompletableFuture.anyOf(run.resume(work).exceptionally(_ -> null), alarm)
        .whenComplete((_, _) -> alarm.cancel(false));
  }

  /// Gives back the messages that have not ended, and asks the queue to hide all that are given
  /// back.
  CompletionStage<?> giveBack() {
    for (var lane : lanes.values()) {
      var open = lane.stream().filter(message -> !fates.containsKey(message)).toList();
      if (!open.isEmpty()) {
        giveBack(open, Fate.OURS);
        var late = new TimeoutException("it did not end before the deadline of the invocation");
        open.forEach(message ->
            parts
                .log()
                .line("warn", failed("failed", late).put("message", message.getMessageId())));
      }
    }
    return hidden.isEmpty()
        ? CompletableFuture.completedFuture(true)
        : within(parts.reserve().dividedBy(4), hide());
  }

  private CompletionStage<?> hide() {
    CompletionStage<?> asked;
    try {
      asked = parts.visibilities().change(Map.copyOf(hidden));
    } catch (RuntimeException thrown) {
      asked = CompletableFuture.failedFuture(thrown);
    }
    return asked.whenComplete((_, failure) -> {
      if (failure != null) {
        parts.log().line("warn", failed("not_hidden", failure));
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
      result = parts.stage().run(read, run);
    } catch (RuntimeException thrown) {
      result = CompletableFuture.failedFuture(thrown);
    }
    return run.resume(result)
        .handle((done, failure) -> {
          for (var i = 0; i < read.size(); i++) {
            if (failure != null) {
              line("warn", these.get(i), read.get(i), begun, failed("failed", failure));
              fatal = fatal == null ? fatalCause(failure) : fatal;
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

  /// The cause for which the process must end: no memory, no thread, no class. A stack that
  /// overflowed is no such cause: another message may need less.
  private static @Nullable Throwable fatalCause(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LinkageError
          || (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError))) {
        return cause;
      }
    }
    return null;
  }

  private Instant deadlineOf(M message) {
    return message instanceof Message ours ? deadline(ours) : Instant.MAX;
  }

  /// Of the messages that do not name their job's deadline, the latest instant.
  private static Instant deadline(Message message) {
    return switch (message) {
      case SplitTask task -> task.deadline();
      case FetchTask task -> task.deadline();
      case ExtractTask _, ReportTask _ -> Instant.MAX;
    };
  }

  SQSBatchResponse answer() {
    if (fatal != null) {
      throw new IOError(fatal);
    }
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
      String level, SQSEvent.SQSMessage message, @Nullable M read, long begun, ObjectNode fields) {
    var line = Json.object().put("function", parts.name()).put("message", message.getMessageId());
    if (read instanceof Message ours) {
      line.put("job", ours.job().name()).put("id", ours.deduplicationId());
    }
    line.put("tries", message.getAttributes().get("ApproximateReceiveCount"));
    line.put("took_ms", (run.nanoTime() - begun) / 1_000_000);
    parts.log().line(level, line.setAll(fields));
  }

  private ObjectNode failed(String result, Throwable failure) {
    return Json.object().put("result", result).put("error", Failures.cause(failure).toString());
  }
}
