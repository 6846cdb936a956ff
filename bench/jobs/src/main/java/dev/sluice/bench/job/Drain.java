package dev.sluice.bench.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sluice.archive.Json;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;

/// Takes the place of fetch: reads each task, counts its lines, deletes it. Any thread.
final class Drain implements AutoCloseable {
  private static final int RECEIVERS = 2;
  private static final int MOST_OF_SQS = 10;
  private static final long IDLE_MILLIS = 10;

  private final SqsAsyncClient sqs;
  private final String queueUrl;
  private final int lines;
  private final AtomicBoolean closed = new AtomicBoolean();

  @GuardedBy("this")
  private final BitSet seen;

  @GuardedBy("this")
  private long tasks;

  @GuardedBy("this")
  private long bytes;

  @GuardedBy("this")
  private long wrong;

  @GuardedBy("this")
  private long firstNanos;

  @GuardedBy("this")
  private long lastNanos;

  /// @param lines of the list, all distinct, all to be fetched
  Drain(SqsAsyncClient sqs, String queueUrl, int lines) {
    this.sqs = sqs;
    this.queueUrl = queueUrl;
    this.lines = lines;
    seen = new BitSet(lines + 1);
  }

  void start() {
    for (var i = 0; i < RECEIVERS; i++) {
      Thread.ofPlatform().daemon().name("bench-drain-" + i).start(this::run);
    }
  }

  private void run() {
    try {
      while (!closed.get()) {
        var messages =
            sqs.receiveMessage(ask -> ask.queueUrl(queueUrl).maxNumberOfMessages(MOST_OF_SQS))
                .join()
                .messages();
        if (messages.isEmpty()) {
          Thread.sleep(IDLE_MILLIS);
          continue;
        }
        messages.forEach(this::take);
        var entries =
            messages.stream()
                .map(message ->
                    DeleteMessageBatchRequestEntry.builder()
                        .id(message.messageId())
                        .receiptHandle(message.receiptHandle())
                        .build())
                .toList();
        sqs.deleteMessageBatch(delete -> delete.queueUrl(queueUrl).entries(entries)).join();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException failed) {
      if (!closed.get()) {
        failed.printStackTrace();
      }
    }
  }

  private void take(Message message) {
    var targets = Json.tree(message.body()).path("targets");
    synchronized (this) {
      lastNanos = System.nanoTime();
      firstNanos = tasks == 0 ? lastNanos : firstNanos;
      tasks++;
      bytes += message.body().length();
      for (var target : targets) {
        var line = target.path("line").asInt();
        if (line < 1 || line > lines || seen.get(line)) {
          wrong++;
        } else {
          seen.set(line);
        }
      }
      notifyAll();
    }
  }

  /// Until every line was seen, or nothing new came for so long.
  synchronized Drained await(long idleMillis) throws InterruptedException {
    var before = -1L;
    while (seen.cardinality() < lines && tasks != before) {
      before = tasks;
      var end = System.nanoTime() + idleMillis * 1_000_000;
      while (tasks == before && System.nanoTime() < end) {
        wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      }
    }
    return new Drained(
        seen.cardinality(),
        lines - seen.cardinality() + wrong,
        tasks,
        bytes,
        (lastNanos - firstNanos) / 1e9,
        0,
        0,
        0,
        List.of());
  }

  @Override
  public void close() {
    closed.set(true);
  }
}
