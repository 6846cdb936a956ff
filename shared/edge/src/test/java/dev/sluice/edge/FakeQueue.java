package dev.sluice.edge;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResultEntry;

/// A queue that records what it is asked and answers when told: what no server can be made to do.
/// It brings the time of its channel as well, which passes only in [#pass].
final class FakeQueue implements SqsAsyncClient, SqsChannel.ChannelTimer {
  private record Alarm(long dueNanos, long order, Runnable action) {}

  private final Deque<Batch> open = new ArrayDeque<>();
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(
          Comparator.<Alarm>comparingLong(Alarm::dueNanos).thenComparingLong(Alarm::order));
  private long nanos;
  private long order;

  /// Bodies that were taken, in order.
  final List<String> taken = new ArrayList<>();

  /// Sizes of all batches so far, in entries.
  final List<Integer> batches = new ArrayList<>();

  /// Bodies of all entries so far, taken or not.
  final List<SendMessageBatchRequestEntry> entries = new ArrayList<>();

  /// What it says it holds.
  long depth;

  /// What another queue says it holds, by the last word of its URL; below 0 it refuses to say.
  final Map<String, Long> depths = new HashMap<>();

  /// How often it was asked for that.
  int asked;

  /// Whether it refuses to say.
  boolean mute;

  /// Whether calls throw, as those of a closed client may.
  boolean closed;

  /// Whether it answers each batch at once, taking all.
  boolean eager;

  /// A batch that has not been answered yet.
  final class Batch {
    final List<SendMessageBatchRequestEntry> entries;
    private final CompletableFuture<SendMessageBatchResponse> answer = new CompletableFuture<>();

    private Batch(List<SendMessageBatchRequestEntry> entries) {
      this.entries = entries;
    }

    void takeAll() {
      refuse(false);
    }

    /// Refuses the entries at these places of the batch, and takes the others.
    void refuse(boolean senderFault, Integer... places) {
      var refused = new HashSet<>(Set.of(places));
      var done = new ArrayList<SendMessageBatchResultEntry>();
      var failed = new ArrayList<BatchResultErrorEntry>();
      for (var i = 0; i < entries.size(); i++) {
        var id = entries.get(i).id();
        if (refused.contains(i)) {
          failed.add(
              BatchResultErrorEntry.builder()
                  .id(id)
                  .code("Refused")
                  .message("not now")
                  .senderFault(senderFault)
                  .build());
        } else {
          taken.add(entries.get(i).messageBody());
          done.add(SendMessageBatchResultEntry.builder().id(id).build());
        }
      }
      answer.complete(SendMessageBatchResponse.builder().successful(done).failed(failed).build());
    }

    /// Answers for no entry at all.
    void sayNothing() {
      answer.complete(SendMessageBatchResponse.builder().build());
    }

    void fail(Throwable failure) {
      answer.completeExceptionally(failure);
    }
  }

  /// The oldest batch that waits for its answer.
  Batch next() {
    return open.removeFirst();
  }

  /// Batches that wait for their answer.
  int open() {
    return open.size();
  }

  long nanoTime() {
    return nanos;
  }

  /// Lets time pass, and what falls due happen.
  void pass(Duration time) {
    var until = nanos + time.toNanos();
    while (!alarms.isEmpty() && alarms.peek().dueNanos <= until) {
      var alarm = alarms.remove();
      nanos = Math.max(nanos, alarm.dueNanos);
      alarm.action.run();
    }
    nanos = until;
  }

  @Override
  public void after(Duration delay, Runnable action) {
    alarms.add(new Alarm(nanos + delay.toNanos(), order++, action));
  }

  @Override
  public CompletableFuture<SendMessageBatchResponse> sendMessageBatch(
      SendMessageBatchRequest request) {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
    var batch = new Batch(request.entries());
    batches.add(request.entries().size());
    entries.addAll(request.entries());
    if (eager) {
      batch.takeAll();
    } else {
      open.add(batch);
    }
    return batch.answer;
  }

  @Override
  public CompletableFuture<GetQueueAttributesResponse> getQueueAttributes(
      GetQueueAttributesRequest request) {
    asked++;
    var name = request.queueUrl().substring(request.queueUrl().lastIndexOf('/') + 1);
    var holds = depths.getOrDefault(name, depth);
    return mute || holds < 0
        ? CompletableFuture.failedFuture(new IllegalStateException("access denied"))
        : CompletableFuture.completedFuture(
            GetQueueAttributesResponse.builder()
                .attributes(
                    Map.of(
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "" + holds,
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "0",
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED, "0"))
                .build());
  }

  @Override
  public String serviceName() {
    return "sqs";
  }

  @Override
  public void close() {
    closed = true;
  }
}
