package dev.sluice.edge;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.async.Island;
import dev.sluice.async.Run;
import dev.sluice.flow.Message;
import dev.sluice.flow.Stage;
import dev.sluice.flow.Visibilities;
import java.io.IOError;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// Handles whole batches of one function: reads each message, runs its stage, and names exactly the
/// messages that failed.
///
/// Messages of a standard queue run side by side. Messages of a FIFO queue, which its ARN tells,
/// run one after the other within their group, or all together if the stage takes them so; when one
/// fails, the later ones of its group are given back. A message that is given back stays hidden for
/// a back-off: 10 s after the first receive, four times as long after each other one up to 15
/// minutes, less up to a half at random, but not past the deadline of its job. All of a group stay
/// hidden equally long. Hiding is the last act of a batch; when it fails, the messages wait for the
/// queue's visibility.
///
/// When most of a batch is given back because store or queue refused, or because it did not end,
/// the whole invocation fails, so that Lambda slows its polling down.
///
/// @param <M> the messages
public final class SqsFunction<M> {
  /// The least time to work in: with less, each round would hand all of it to the next.
  private static final Duration LEAST_WORK = Duration.ofMillis(500);

  private final Parts<M> parts;

  /// The parts of a function.
  ///
  /// @param most most messages of one group that its stage takes together
  record Parts<M>(
      String name,
      Function<String, M> reader,
      GroupStage<M> stage,
      int most,
      Visibilities visibilities,
      Duration reserve,
      Log log,
      Health health) {
    Parts<M> with(Health all) {
      return new Parts<>(name, reader, stage, most, visibilities, reserve, log, all);
    }
  }

  /// The work on one message, whose type need not be one of ours.
  @FunctionalInterface
  public interface SqsStage<M> {
    /// See [Stage#run].
    CompletableFuture<? extends Record> run(M message, Run run);
  }

  /// The work on messages of one group together, in their order: all of it or nothing.
  @FunctionalInterface
  public interface GroupStage<M> {
    /// Completes when all effects are done.
    ///
    /// @param messages at least one: the messages of one group in a batch, up to the first that
    ///   cannot be read
    /// @return when it fails, all of them are given back
    CompletionStage<? extends Record> run(List<M> messages, Run run);
  }

  private SqsFunction(Parts<M> parts) {
    this.parts = parts;
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
    return reading(
        name,
        body -> Json.read(kind, body),
        (message, run) -> stage.run(message, run).toCompletableFuture(),
        visibilities,
        reserve,
        log);
  }

  /// A function that handles the messages of a group together, as one step.
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
        new Parts<>(
            name,
            body -> Json.read(kind, body),
            stage,
            Integer.MAX_VALUE,
            visibilities,
            reserve,
            log,
            Health.DESCRIPTORS));
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
        new Parts<>(
            name,
            reader,
            (messages, run) -> stage.run(messages.getFirst(), run),
            1,
            visibilities,
            reserve,
            log,
            Health.DESCRIPTORS));
  }

  /// This function with one more check of its process.
  public SqsFunction<M> needing(Health more) {
    return new SqsFunction<>(parts.with(parts.health.and(more)));
  }

  /// Handles a batch; blocks until all of it has ended.
  ///
  /// @throws IOError if the process is broken: a message failed and a check of its health did too,
  ///   or the JVM has no memory or no code for it. Lambda's runtime client answers with the error
  ///   and ends the process; when the messages come back, the work of this batch is found done
  /// @throws IllegalStateException if most of the batch was given back for a reason of ours, or the
  ///   function's timeout leaves no time to work in
  public SQSBatchResponse handle(SQSEvent event, Context context) {
    var left = Duration.ofMillis(context.getRemainingTimeInMillis());
    if (left.minus(parts.reserve).compareTo(LEAST_WORK) < 0) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "the timeout of %s must be longer than ReserveMillis by at least %d ms, got %d and %d ms",
              parts.name,
              LEAST_WORK.toMillis(),
              left.toMillis(),
              parts.reserve.toMillis()));
    }
    try {
      var answer =
          Island.run(
              Deadline.in(left).minus(parts.reserve), parts.reserve, run -> start(event, run));
      if (!answer.getBatchItemFailures().isEmpty()) {
        checkProcess();
      }
      return answer;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    } catch (CompletionException thrown) {
      if (thrown.getCause() instanceof Error error) {
        throw error;
      }
      throw thrown;
    } catch (RuntimeException failed) {
      checkProcess();
      throw failed;
    } catch (Exception notEnded) {
      checkProcess();
      throw new IllegalStateException("the batch did not end", notEnded);
    }
  }

  private void checkProcess() {
    try {
      parts.health.check();
    } catch (IOException broken) {
      throw new IOError(broken);
    }
  }

  /// Handles a batch on the executor of this run; what has not ended half a reserve after its
  /// deadline is given back.
  ///
  /// @return fails with an `IllegalStateException` if most of the batch was given back for a reason
  ///   of ours
  public CompletionStage<SQSBatchResponse> start(SQSEvent event, Run run) {
    var batch = new SqsBatch<>(parts, event.getRecords(), run);
    return batch
        .within(run.deadline().left().plus(parts.reserve.dividedBy(2)), batch.run())
        .thenCompose(_ -> batch.giveBack())
        .thenApply(_ -> batch.answer());
  }
}
