package dev.sluice.local.mapping;

import dev.sluice.edge.Json;
import dev.sluice.local.template.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/// One of the invocations that a mapping may have at once: receives a batch, invokes the function
/// with it, deletes what did not fail. What failed becomes visible again by itself.
///
/// Its thread owns its environment.
public final class Poller implements Runnable {
  private static final int WAIT_SECONDS = 5;

  /// What all pollers of a stack count.
  ///
  /// @param invocations that ended with an answer
  /// @param failures that threw
  /// @param timeouts that were fenced
  /// @param broken why a handler cannot be made
  public record Counters(
      AtomicLong invocations,
      AtomicLong failures,
      AtomicLong timeouts,
      AtomicReference<@Nullable String> broken) {
    /// All zero.
    public static Counters zero() {
      return new Counters(
          new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicReference<>());
    }
  }

  private final Template.Function function;
  private final Template.Mapping mapping;
  private final String queueName;
  private final String queueUrl;
  private final SqsAsyncClient sqs;
  private final Counters counters;
  private @Nullable Environment environment; // its thread's alone
  private volatile @Nullable CompletableFuture<ReceiveMessageResponse> asking;
  private volatile boolean stopping;

  public Poller(
      Template.Function function,
      Template.Mapping mapping,
      String queueName,
      String queueUrl,
      SqsAsyncClient sqs,
      Counters counters) {
    this.function = function;
    this.mapping = mapping;
    this.queueName = queueName;
    this.queueUrl = queueUrl;
    this.sqs = sqs;
    this.counters = counters;
  }

  /// Asks for no more messages; an invocation that is under way may end. Any thread.
  public void stop() {
    stopping = true;
    var poll = asking;
    if (poll != null) {
      poll.cancel(true); // a long poll ends now, not in up to 5 s
    }
  }

  /// Until [#stop], or until its thread is interrupted, which abandons what is under way.
  @Override
  public void run() {
    try {
      while (!stopping && !Thread.currentThread().isInterrupted()) {
        var batch = receive();
        if (!batch.isEmpty()) {
          delete(batch, handle(batch));
        }
      }
    } catch (CancellationException stopped) {
      // By stop().
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (IllegalArgumentException noHandler) {
      counters.broken().set(noHandler.getMessage());
    } catch (ExecutionException | CompletionException closed) {
      if (!stopping && !Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("the queue " + queueName + " does not answer", closed);
      }
    } finally {
      if (environment != null) {
        environment.close();
      }
    }
  }

  private List<Message> receive() throws InterruptedException, ExecutionException {
    var poll =
        sqs.receiveMessage(ask ->
            ask.queueUrl(queueUrl)
                .maxNumberOfMessages(Math.min(10, mapping.batchMessages()))
                .waitTimeSeconds(WAIT_SECONDS)
                .messageSystemAttributeNames(MessageSystemAttributeName.ALL));
    asking = poll;
    if (stopping) {
      poll.cancel(true); // stop() came before it could see this one
    }
    return poll.get().messages();
  }

  /// The ids of the messages that failed.
  private Set<String> handle(List<Message> batch) throws InterruptedException {
    var all = new HashSet<String>();
    batch.forEach(message -> all.add(message.messageId()));
    try {
      if (environment == null) {
        environment = Environment.start(function);
      }
      var answer = environment.invoke(event(batch), UUID.randomUUID().toString());
      counters.invocations().incrementAndGet();
      return mapping.partialResponses() ? failed(answer, all) : Set.of();
    } catch (TimeoutException late) {
      counters.timeouts().incrementAndGet();
      environment = null; // closed and fenced
      return all;
    } catch (ExecutionException thrown) {
      counters.failures().incrementAndGet();
      System.out.println(
          Json.object()
              .put("level", "error")
              .put("function", function.name())
              .put("error", String.valueOf(thrown.getCause())));
      return all;
    }
  }

  /// Lambda takes an answer that names a message which was not in the batch as a failure of it all.
  private static Set<String> failed(String answer, Set<String> all) {
    var failed = new HashSet<String>();
    for (var item : Json.tree(answer).path("batchItemFailures")) {
      var id = item.path("itemIdentifier").asText();
      if (!all.contains(id)) {
        return all;
      }
      failed.add(id);
    }
    return failed;
  }

  private String event(List<Message> batch) {
    var event = Json.object();
    var records = event.putArray("Records");
    for (var message : batch) {
      var record = records.addObject();
      record
          .put("messageId", message.messageId())
          .put("receiptHandle", message.receiptHandle())
          .put("body", message.body())
          .put("md5OfBody", message.md5OfBody())
          .put("eventSource", "aws:sqs")
          .put("eventSourceARN", Arns.queue(queueName))
          .put("awsRegion", Arns.REGION);
      var attributes = record.putObject("attributes");
      message.attributesAsStrings().forEach(attributes::put);
      record.putObject("messageAttributes");
    }
    return event.toString();
  }

  private void delete(List<Message> batch, Set<String> failed)
      throws InterruptedException, ExecutionException {
    var done = new ArrayList<DeleteMessageBatchRequestEntry>();
    for (var message : batch) {
      if (!failed.contains(message.messageId())) {
        done.add(
            DeleteMessageBatchRequestEntry.builder()
                .id("" + done.size())
                .receiptHandle(message.receiptHandle())
                .build());
      }
    }
    if (!done.isEmpty()) {
      sqs.deleteMessageBatch(delete -> delete.queueUrl(queueUrl).entries(done)).get();
    }
  }
}
