package dev.sluice.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.async.Deadline;
import dev.sluice.flow.Message;
import dev.sluice.flow.Outbox;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/// A bounded channel over a queue in SQS, which itself never refuses.
///
/// What is sent while batches are on their way forms the next batch: at most 10 entries and 1 MiB,
/// several at once. Only entries that SQS refused are sent again. When the queue holds more than
/// the high-water mark (visible, in flight and delayed; asked at most once a second), sends wait
/// until it holds fewer than the low-water mark or their deadline passes.
///
/// `lock` guards all fields below it; neither a request nor a callback runs under it.
public final class SqsChannel<M extends Message> implements Outbox<M> {
  private static final int MAX_ENTRIES = 10;
  private static final int MAX_BYTES = 1024 * 1024;
  private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_TRIES = 8;

  /// One thread for all channels of the process; it only moves channels on.
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("sluice-channel").factory());

  private final SqsAsyncClient sqs;
  private final String queueUrl;
  private final boolean fifo;
  private final long highWater;
  private final long lowWater;
  private final int sendConcurrency;

  private final Object lock = new Object();
  private final Deque<Letter> waiting = new ArrayDeque<>();
  private int sending;
  private boolean sampling;
  private boolean held;
  private boolean ticking;
  private long allowance;
  private long sampledAt;
  private boolean sampled;

  private record Letter(
      SendMessageBatchRequestEntry.Builder entry,
      int bytes,
      boolean urgent,
      Deadline deadline,
      int tries,
      CompletableFuture<Boolean> taken) {}

  private SqsChannel(
      SqsAsyncClient sqs, String queueUrl, long highWater, long lowWater, int sendConcurrency) {
    if (lowWater > highWater) {
      throw new IllegalArgumentException(
          "low-water mark must not exceed the high-water mark " + highWater + ", got " + lowWater);
    }
    this.sqs = sqs;
    this.queueUrl = queueUrl;
    this.fifo = queueUrl.endsWith(".fifo");
    this.highWater = highWater;
    this.lowWater = lowWater;
    this.sendConcurrency = sendConcurrency;
  }

  /// A channel whose sends wait at the mark.
  ///
  /// @param sendConcurrency batches on their way at once
  public static <M extends Message> SqsChannel<M> bounded(
      SqsAsyncClient sqs, String queueUrl, long highWater, long lowWater, int sendConcurrency) {
    return new SqsChannel<>(sqs, queueUrl, highWater, lowWater, sendConcurrency);
  }

  /// A channel without a mark: for what must never wait for others, as leftovers and tallies.
  public static <M extends Message> SqsChannel<M> unbounded(
      SqsAsyncClient sqs, String queueUrl, int sendConcurrency) {
    return new SqsChannel<>(sqs, queueUrl, Long.MAX_VALUE, Long.MAX_VALUE, sendConcurrency);
  }

  @Override
  public CompletableFuture<Boolean> send(M message, Deadline deadline) {
    return enter(message, Duration.ZERO, false, deadline);
  }

  @Override
  public CompletableFuture<Boolean> sendLater(M message, Duration delay, Deadline deadline) {
    if (delay.compareTo(MAX_DELAY) > 0 || (fifo && !delay.isZero())) {
      throw new IllegalArgumentException(
          "delay must be at most " + (fifo ? Duration.ZERO : MAX_DELAY) + ", got " + delay);
    }
    return enter(message, delay, true, deadline);
  }

  private CompletableFuture<Boolean> enter(
      M message, Duration delay, boolean urgent, Deadline deadline) {
    var body = Json.write(message);
    var entry = SendMessageBatchRequestEntry.builder().messageBody(body);
    if (fifo) {
      entry.messageGroupId(message.groupId()).messageDeduplicationId(message.deduplicationId());
    } else if (!delay.isZero()) {
      entry.delaySeconds((int) Math.ceilDiv(delay.toMillis(), 1000L));
    }
    var taken = new CompletableFuture<Boolean>();
    var bytes = body.getBytes(UTF_8).length + 512; // ids and attributes count as well
    synchronized (lock) {
      waiting.add(new Letter(entry, bytes, urgent, deadline, 1, taken));
    }
    pump();
    return taken;
  }

  /// Sends what may be sent; from any thread.
  private void pump() {
    while (true) {
      var expired = new ArrayList<Letter>();
      List<Letter> batch;
      var sample = false;
      synchronized (lock) {
        takeExpired(expired);
        batch = sending < sendConcurrency ? nextBatch() : List.of();
        if (!batch.isEmpty()) {
          sending++;
        } else if (needsSample()) {
          sampling = true;
          sample = true;
        }
        if (batch.isEmpty() && !waiting.isEmpty() && !ticking) {
          ticking = true;
          TIMER.schedule(this::tick, 100, TimeUnit.MILLISECONDS);
        }
      }
      expired.forEach(letter -> letter.taken.complete(false));
      if (!batch.isEmpty()) {
        dispatch(batch);
      } else {
        if (sample) {
          sample();
        }
        return;
      }
    }
  }

  private void tick() {
    synchronized (lock) {
      ticking = false;
    }
    pump();
  }

  private void takeExpired(List<Letter> expired) {
    for (var letters = waiting.iterator(); letters.hasNext(); ) {
      var letter = letters.next();
      if (letter.taken.isDone()) {
        letters.remove(); // withdrawn by who sent it
      } else if (letter.deadline.hasPassed()) {
        letters.remove();
        expired.add(letter);
      }
    }
  }

  private List<Letter> nextBatch() {
    var batch = new ArrayList<Letter>();
    var bytes = 0;
    for (var letters = waiting.iterator(); letters.hasNext() && batch.size() < MAX_ENTRIES; ) {
      var letter = letters.next();
      var counts = highWater != Long.MAX_VALUE && !letter.urgent;
      if (counts && (held || allowance <= 0)) {
        continue;
      }
      if (bytes + letter.bytes > MAX_BYTES && !batch.isEmpty()) {
        break;
      }
      letters.remove();
      batch.add(letter);
      bytes += letter.bytes;
      if (counts) {
        allowance--;
      }
    }
    return batch;
  }

  private boolean needsSample() {
    return highWater != Long.MAX_VALUE
        && !sampling
        && !waiting.isEmpty()
        && (held || allowance <= 0)
        && (!sampled || System.nanoTime() - sampledAt >= SAMPLE_NANOS);
  }

  private void sample() {
    sqs.getQueueAttributes(ask ->
            ask.queueUrl(queueUrl)
                .attributeNames(
                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED))
        .whenComplete((answer, failure) -> {
          synchronized (lock) {
            sampling = false;
            sampled = true;
            sampledAt = System.nanoTime();
            if (failure == null) {
              var depth = answer.attributes().values().stream().mapToLong(Long::parseLong).sum();
              held = depth >= (held ? lowWater : highWater);
              allowance = held ? 0 : highWater - depth;
            }
          }
          pump();
        });
  }

  private void dispatch(List<Letter> batch) {
    var entries = new ArrayList<SendMessageBatchRequestEntry>();
    for (var i = 0; i < batch.size(); i++) {
      entries.add(batch.get(i).entry.id("" + i).build());
    }
    sqs.sendMessageBatch(send -> send.queueUrl(queueUrl).entries(entries))
        .whenComplete((answer, failure) -> settle(batch, answer, failure));
  }

  private void settle(
      List<Letter> batch, @Nullable SendMessageBatchResponse answer, @Nullable Throwable failure) {
    synchronized (lock) {
      sending--;
    }
    if (answer == null) {
      var refusal = failure == null ? new IllegalStateException("no answer") : failure;
      batch.forEach(letter -> letter.taken.completeExceptionally(refusal));
    } else {
      answer.successful().forEach(done -> batch.get(index(done.id())).taken.complete(true));
      answer.failed().forEach(refused -> again(batch.get(index(refused.id())), refused));
    }
    pump();
  }

  private static int index(String id) {
    return Integer.parseInt(id);
  }

  private void again(Letter letter, BatchResultErrorEntry refused) {
    if (refused.senderFault() || letter.tries == MAX_TRIES) {
      letter.taken.completeExceptionally(
          new IllegalStateException(
              "the queue refused a message: " + refused.code() + " " + refused.message()));
      return;
    }
    var most = 50L << Math.min(letter.tries, 7);
    var next =
        new Letter(
            letter.entry, letter.bytes, true, letter.deadline, letter.tries + 1, letter.taken);
    TIMER.schedule(
        () -> {
          synchronized (lock) {
            waiting.add(next);
          }
          pump();
        },
        ThreadLocalRandom.current().nextLong(most),
        TimeUnit.MILLISECONDS);
  }
}
