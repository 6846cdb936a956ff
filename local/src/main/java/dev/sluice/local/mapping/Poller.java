package dev.sluice.local.mapping;

import dev.sluice.edge.Json;
import dev.sluice.local.template.Template;
import java.time.Duration;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/// What Lambda does for one mapping: receives batches, invokes the function with each, deletes what
/// did not fail. What failed becomes visible again by itself.
///
/// One thread receives. The permit comes before the receive, so that a message is taken when it can
/// be handled at once; it goes back when the invocation has ended and its messages are deleted. An
/// environment is in `idle`, or with the one invocation that uses it.
public final class Poller implements Runnable {
  private static final int LONG_POLL_SECONDS = 5;

  /// ElasticMQ answers a long poll by looking again and again while messages wait behind locked
  /// groups, which takes a whole processor. So a FIFO queue is asked, and asked again later.
  private static final Duration FIFO_PAUSE = Duration.ofMillis(50);

  private static final Duration BREAK = Duration.ofMillis(500);

  private final Template.Function function;
  private final Template.Mapping mapping;
  private final String queueName;
  private final String queueUrl;
  private final SqsAsyncClient sqs;
  private final Counters counters;
  private final Deletions deletions;
  private final Semaphore free;
  private final Deque<Environment> idle = new ConcurrentLinkedDeque<>();
  private final ExecutorService invocations;
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
    deletions =
        new Deletions(sqs, queueUrl, pause -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()));
    free = new Semaphore(mapping.concurrency());
    invocations =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("mapping-" + function.name() + "-", 0).factory());
  }

  /// Asks for no more messages; invocations that are under way may end. Any thread.
  public void stop() {
    stopping = true;
    free.release(); // whoever waits for one looks at `stopping`
    var poll = asking;
    if (poll != null) {
      poll.cancel(true); // a long poll ends now, not in up to 5 s
    }
  }

  /// Until [#stop], and then until what is under way has ended; an interrupt breaks it off.
  @Override
  public void run() {
    try {
      while (!stopping) {
        free.acquire();
        var batch = List.<Message>of();
        try {
          batch = stopping ? batch : receive();
        } finally {
          if (batch.isEmpty()) {
            free.release();
          }
        }
        if (batch.isEmpty()) {
          pause();
        } else {
          var received = batch;
          invocations.execute(() -> invoke(received));
        }
      }
    } catch (CancellationException stopped) {
      // By stop().
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException refused) {
      isBroken(refused);
    } finally {
      end();
    }
  }

  private boolean isFifo() {
    return queueUrl.endsWith(".fifo");
  }

  private void pause() throws InterruptedException {
    if (isFifo() && !stopping) {
      TimeUnit.NANOSECONDS.sleep(FIFO_PAUSE.toNanos());
    }
  }

  private List<Message> receive() throws InterruptedException, ExecutionException {
    var poll =
        sqs.receiveMessage(ask ->
            ask.queueUrl(queueUrl)
                .maxNumberOfMessages(Math.min(10, mapping.batchMessages()))
                .waitTimeSeconds(isFifo() ? 0 : LONG_POLL_SECONDS)
                .messageSystemAttributeNames(MessageSystemAttributeName.ALL));
    asking = poll;
    if (stopping) {
      poll.cancel(true); // stop() came before it could see this one
    }
    return poll.get().messages();
  }

  private void invoke(List<Message> batch) {
    try {
      delete(batch, handle(batch));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (IllegalArgumentException noHandler) {
      counters.broken().set(noHandler.getMessage());
    } finally {
      free.release();
    }
  }

  private void isBroken(ExecutionException refused) {
    if (!stopping) {
      counters.broken().set("the queue " + queueName + " does not answer: " + refused.getCause());
    }
  }

  /// The ids of the messages that failed.
  private Set<String> handle(List<Message> batch) throws InterruptedException {
    var all = new HashSet<String>();
    batch.forEach(message -> all.add(message.messageId()));
    var warm = idle.poll();
    var environment = warm == null ? Environment.start(function) : warm;
    try {
      var answer = environment.invoke(event(batch), UUID.randomUUID().toString());
      idle.push(environment);
      counters.invocations().incrementAndGet();
      return mapping.partialResponses() ? Answer.failed(answer, all) : Set.of();
    } catch (TimeoutException late) {
      counters.timeouts().incrementAndGet(); // closed and fenced: never used again
      return all;
    } catch (ExecutionException thrown) {
      idle.push(environment);
      counters.failures().incrementAndGet();
      System.out.println(
          Json.object()
              .put("level", "error")
              .put("function", function.name())
              .put("error", String.valueOf(thrown.getCause())));
      return all;
    } catch (InterruptedException stopped) {
      environment.close();
      throw stopped;
    }
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

  private void delete(List<Message> batch, Set<String> failed) throws InterruptedException {
    deletions.delete(
        batch.stream().filter(message -> !failed.contains(message.messageId())).toList());
  }

  private void end() {
    invocations.shutdown();
    try {
      if (!Thread.currentThread().isInterrupted()) {
        invocations.awaitTermination(function.timeout().toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    if (!invocations.isTerminated()) {
      invocations.shutdownNow();
      Thread.interrupted();
      try {
        invocations.awaitTermination(BREAK.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException hurriedAgain) {
        Thread.currentThread().interrupt();
      }
    }
    for (var environment = idle.poll(); environment != null; environment = idle.poll()) {
      environment.close();
    }
  }
}
