package dev.sluice.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.flow.Failures;
import dev.sluice.flow.Message;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Unavailable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/// A bounded channel over a queue in SQS, which itself never refuses.
///
/// Messages that are sent while batches are on their way form the next batch, of at most 10 entries
/// and 1 MiB; several batches are on their way at once. Only entries that SQS refused are sent
/// again, up to 8 times. A whole call that fails was tried again by the SDK already, and fails its
/// sends.
///
/// When the queue and the queues downstream together hold as many messages as the high-water mark,
/// sends wait until they hold fewer than the low-water mark or the deadline of the send passes,
/// which is noticed within 100 ms. Visible, in flight and delayed messages count; the queues are
/// counted every 1 to 1.5 s while a send waits, and a count is valid for 5 s. Several channels over
/// one queue each count for themselves, so that each may fill the queue up to the mark once more.
///
/// Messages of a FIFO group arrive in the order of their sends: a group has one batch on its way,
/// and the next one leaves when each message of the first was taken or given up. Only a message
/// that SQS refused is overtaken, by those of its own batch.
///
/// Who waits is not bounded here: a send that waits is its caller's, and holds no more than its
/// message.
///
/// It is one class for its lock: a send that comes, a batch that is answered and a queue that was
/// looked at each decide over the same messages.
public final class SqsChannel<M extends Message> implements Outbox<M> {
  private static final int MAX_ENTRIES = 10;
  private static final int MAX_BYTES = 1024 * 1024;
  private static final int MAX_TRIES = 8;

  /// How many sends a batch looks at whose groups have another batch on its way.
  private static final int MAX_LOOKED_AT = 100;

  private static final Duration TICK = Duration.ofMillis(100);

  /// Runs actions later, on a thread that an action may not hold for long.
  @FunctionalInterface
  interface ChannelTimer {
    void after(Duration delay, Runnable action);

    /// One thread for all channels of the process.
    ChannelTimer SYSTEM =
        new ChannelTimer() {
          private final ScheduledExecutorService thread =
              Executors.newSingleThreadScheduledExecutor(
                  Thread.ofPlatform().daemon().name("sluice-channel").factory());

          @Override
          public void after(Duration delay, Runnable action) {
            thread.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
          }
        };
  }

  private final SqsAsyncClient sqs;
  private final String queueUrl;
  private final List<String> countedUrls;
  private final boolean fifo;
  private final int sendConcurrency;
  private final ChannelTimer timer;

  /// Neither a request nor a callback runs under it.
  private final Object lock = new Object();

  /// Sends that wait for room below the mark.
  @GuardedBy("lock")
  private final Deque<QueuedSend> atTheMark = new ArrayDeque<>();

  /// Sends that wait for a batch alone.
  @GuardedBy("lock")
  private final Deque<QueuedSend> ready = new ArrayDeque<>();

  /// How many messages of a FIFO group are in a batch, or were refused and wait to be sent again.
  @GuardedBy("lock")
  private final Map<String, Integer> underway = new HashMap<>();

  @GuardedBy("lock")
  private int sending;

  @GuardedBy("lock")
  private boolean pumping;

  @GuardedBy("lock")
  private boolean pumpAgain;

  @GuardedBy("lock")
  private boolean ticking;

  @GuardedBy("lock")
  private boolean sampling;

  @GuardedBy("lock")
  private final Level level;

  /// A message on its way. Its entry is made when its turn comes, so that a message that waits
  /// holds no JSON.
  private final class QueuedSend {
    final M message;
    final Duration delay;
    final Deadline deadline;
    final CompletableFuture<Boolean> taken = new CompletableFuture<>();

    /// Whether it is one of `underway`. The channel's lock guards it, which no annotation can name
    /// from here.
    boolean isUnderway;

    // Only the pump and the answer to its batch touch these, one after the other.
    SendMessageBatchRequestEntry.@Nullable Builder entry;
    int bytes;
    int tries;

    QueuedSend(M message, Duration delay, Deadline deadline) {
      this.message = message;
      this.delay = delay;
      this.deadline = deadline;
    }

    String group() {
      return fifo ? message.groupId() : "";
    }

    SendMessageBatchRequestEntry.Builder entry() {
      if (entry == null) {
        var body = Json.write(message);
        bytes = body.getBytes(UTF_8).length + 512; // ids and attributes count as well
        entry = SendMessageBatchRequestEntry.builder().messageBody(body);
        if (fifo) {
          entry.messageGroupId(group()).messageDeduplicationId(message.deduplicationId());
        } else if (!delay.isZero()) {
          entry.delaySeconds((int) Math.ceilDiv(delay.toMillis(), 1000L));
        }
      }
      return entry;
    }
  }

  SqsChannel(
      SqsAsyncClient sqs,
      List<String> urls,
      Level.Marks marks,
      int sendConcurrency,
      LongSupplier nanoClock,
      ChannelTimer timer) {
    if (sendConcurrency < 1) {
      throw new IllegalArgumentException(
          "sendConcurrency must be at least 1, got " + sendConcurrency);
    }
    this.sqs = sqs;
    this.queueUrl = urls.getFirst();
    this.countedUrls = List.copyOf(urls);
    this.fifo = queueUrl.endsWith(".fifo");
    this.level = new Level(marks, nanoClock);
    this.sendConcurrency = sendConcurrency;
    this.timer = timer;
  }

  /// A channel whose sends wait at the mark.
  ///
  /// @param urls of the queue, and then of the queues downstream, whose messages count as well
  /// @param sendConcurrency batches on their way at once
  public static <M extends Message> SqsChannel<M> bounded(
      SqsAsyncClient sqs, List<String> urls, long highWater, long lowWater, int sendConcurrency) {
    return new SqsChannel<>(
        sqs,
        urls,
        new Level.Marks(highWater, lowWater),
        sendConcurrency,
        System::nanoTime,
        ChannelTimer.SYSTEM);
  }

  /// A channel without a mark, for messages that must never wait for others, as leftovers and
  /// report tasks.
  public static <M extends Message> SqsChannel<M> unbounded(
      SqsAsyncClient sqs, String queueUrl, int sendConcurrency) {
    return new SqsChannel<>(
        sqs,
        List.of(queueUrl),
        Level.Marks.NONE,
        sendConcurrency,
        System::nanoTime,
        ChannelTimer.SYSTEM);
  }

  @Override
  public CompletableFuture<Boolean> send(M message, Deadline deadline) {
    var pending = new QueuedSend(message, Duration.ZERO, deadline);
    return enter(pending, true);
  }

  @Override
  public CompletableFuture<Boolean> sendLater(M message, Duration delay, Deadline deadline) {
    if (delay.isNegative() || delay.compareTo(fifo ? Duration.ZERO : MAX_DELAY) > 0) {
      throw new IllegalArgumentException(
          "delay must be at most " + (fifo ? Duration.ZERO : MAX_DELAY) + ", got " + delay);
    }
    return enter(new QueuedSend(message, delay, deadline), false);
  }

  private CompletableFuture<Boolean> enter(QueuedSend pending, boolean waitsAtTheMark) {
    if (pending.deadline.hasPassed()) {
      return CompletableFuture.completedFuture(false);
    }
    synchronized (lock) {
      (waitsAtTheMark && !level.isOpen() ? atTheMark : ready).addLast(pending);
    }
    pump();
    return pending.taken;
  }

  /// Sends the messages that may be sent; from any thread. One thread at a time does it for all: a
  /// call that fails at once would otherwise begin the next call on top of itself.
  private void pump() {
    synchronized (lock) {
      if (pumping) {
        pumpAgain = true;
        return;
      }
      pumping = true;
    }
    while (true) {
      var late = new ArrayList<QueuedSend>();
      var batch = new ArrayList<QueuedSend>();
      var sample = false;
      synchronized (lock) {
        if (sending < sendConcurrency) {
          take(ready, Long.MAX_VALUE, batch, late);
          level.take(take(atTheMark, level.room(), batch, late));
        }
        if (!batch.isEmpty()) {
          sending++;
          batch.forEach(this::begin);
        } else if (needsSample()) {
          sampling = true;
          sample = true;
        } else if (late.isEmpty() && !pumpAgain) {
          pumping = false;
          tickLater();
          return;
        }
        pumpAgain = false;
      }
      late.forEach(pending -> pending.taken.complete(false));
      if (!batch.isEmpty()) {
        dispatch(batch);
      }
      if (sample) {
        sample();
      }
    }
  }

  /// Moves sends whose group has no other batch on its way into the batch. Returns how many.
  @GuardedBy("lock")
  private long take(
      Deque<QueuedSend> from, long most, List<QueuedSend> batch, List<QueuedSend> late) {
    var taken = 0L;
    var waiting = from.iterator();
    for (var i = 0;
        i < MAX_LOOKED_AT && taken < most && batch.size() < MAX_ENTRIES && waiting.hasNext();
        i++) {
      var pending = waiting.next();
      if (isOver(pending, late)) {
        waiting.remove();
      } else if (pending.isUnderway || !underway.containsKey(pending.group())) {
        waiting.remove();
        batch.add(pending);
        taken++;
      }
    }
    return taken;
  }

  /// Whether nobody waits for it any more: its sender has withdrawn it, or it is late.
  @GuardedBy("lock")
  private boolean isOver(QueuedSend pending, List<QueuedSend> late) {
    var passed = pending.deadline.hasPassed();
    if (passed) {
      late.add(pending);
    }
    var over = passed || pending.taken.isDone();
    if (over) {
      end(pending);
    }
    return over;
  }

  @GuardedBy("lock")
  private void begin(QueuedSend pending) {
    if (fifo && !pending.isUnderway) {
      pending.isUnderway = true;
      underway.merge(pending.group(), 1, Integer::sum);
    }
  }

  @GuardedBy("lock")
  private void end(QueuedSend pending) {
    if (pending.isUnderway) {
      pending.isUnderway = false;
      underway.computeIfPresent(pending.group(), (_, letters) -> letters > 1 ? letters - 1 : null);
    }
  }

  @GuardedBy("lock")
  private void tickLater() {
    if (!ticking && !(ready.isEmpty() && atTheMark.isEmpty())) {
      ticking = true;
      timer.after(TICK, this::tick);
    }
  }

  /// Looks at all sends that wait, which a send itself must not: 25,600 of them would each look at
  /// all.
  private void tick() {
    var late = new ArrayList<QueuedSend>();
    synchronized (lock) {
      ticking = false;
      dropLate(ready, late);
      dropLate(atTheMark, late);
      countHold();
    }
    late.forEach(pending -> pending.taken.complete(false));
    pump();
  }

  @GuardedBy("lock")
  private void dropLate(Deque<QueuedSend> waiting, List<QueuedSend> late) {
    for (var left = waiting.size(); left > 0; left--) {
      var pending = waiting.removeFirst();
      if (!isOver(pending, late)) {
        waiting.addLast(pending);
      }
    }
  }

  /// Whether the queues are to be counted: not while a batch is on its way, for the queue may or
  /// may not have it yet. A batch that hangs is not waited for.
  @GuardedBy("lock")
  private boolean needsSample() {
    return !sampling
        && !atTheMark.isEmpty()
        && level.isDue()
        && (sending == 0 || level.isOverdue());
  }

  /// Counts all queues at once: a message that moves on meanwhile may count twice or not at all. A
  /// queue that does not tell makes the sum unknown.
  private void sample() {
    var depths = countedUrls.stream().map(this::depth).toList();
    CompletableFuture.allOf(depths.toArray(CompletableFuture<?>[]::new))
        .whenComplete((_, failure) ->
            sampled(
                failure == null
                    ? depths.stream().mapToLong(CompletableFuture::resultNow).sum()
                    : null,
                failure));
  }

  private CompletableFuture<Long> depth(String url) {
    return calling(() ->
            sqs.getQueueAttributes(ask ->
                ask.queueUrl(url)
                    .attributeNames(
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED)))
        .handle((answer, failure) -> {
          if (answer == null) {
            throw new Unavailable(
                "the queue does not tell how much it holds: " + url,
                Failures.cause(requireNonNull(failure)));
          }
          return answer.attributes().values().stream().mapToLong(Long::parseLong).sum();
        });
  }

  private void sampled(@Nullable Long depth, @Nullable Throwable failure) {
    List<QueuedSend> blind = List.of();
    synchronized (lock) {
      sampling = false;
      if (!level.see(depth)) {
        blind = List.copyOf(atTheMark);
        atTheMark.clear();
      }
      countHold();
    }
    for (var pending : blind) {
      pending.taken.completeExceptionally(Failures.cause(requireNonNull(failure)));
    }
    pump();
  }

  @Override
  public Duration heldBack() {
    synchronized (lock) {
      return countHold();
    }
  }

  @GuardedBy("lock")
  private Duration countHold() {
    return level.heldBack(!atTheMark.isEmpty());
  }

  private void dispatch(List<QueuedSend> taken) {
    var batch = new ArrayList<QueuedSend>();
    var sent =
        calling(() -> {
          var entries = entries(taken, batch);
          return sqs.sendMessageBatch(send -> send.queueUrl(queueUrl).entries(entries));
        });
    synchronized (lock) {
      for (var i = taken.size() - 1; i >= batch.size(); i--) {
        end(taken.get(i));
        ready.addFirst(taken.get(i)); // let in already
      }
    }
    sent.whenComplete((answer, failure) -> settle(batch, answer, failure));
  }

  private List<SendMessageBatchRequestEntry> entries(
      List<QueuedSend> taken, List<QueuedSend> batch) {
    var entries = new ArrayList<SendMessageBatchRequestEntry>();
    var bytes = 0L;
    for (var pending : taken) {
      batch.add(pending);
      var entry = pending.entry();
      bytes += pending.bytes;
      if (bytes > MAX_BYTES && batch.size() > 1) {
        batch.removeLast();
        break;
      }
      entries.add(entry.id("" + entries.size()).build());
    }
    return entries;
  }

  /// Calls a client, which may throw instead of answering once it is closed.
  private static <T> CompletableFuture<T> calling(Supplier<CompletableFuture<T>> call) {
    try {
      return call.get();
    } catch (RuntimeException thrown) {
      return CompletableFuture.failedFuture(thrown);
    }
  }

  private void settle(
      List<QueuedSend> batch,
      @Nullable SendMessageBatchResponse answer,
      @Nullable Throwable failure) {
    synchronized (lock) {
      sending--;
    }
    if (answer == null) {
      var cause = Failures.cause(requireNonNull(failure));
      batch.forEach(pending ->
          pending.taken.completeExceptionally(
              new Unavailable("the queue took no batch: " + queueUrl, cause)));
    } else {
      var byId = new HashMap<String, QueuedSend>();
      batch.forEach(pending -> byId.put("" + byId.size(), pending));
      for (var done : answer.successful()) {
        var pending = byId.remove(done.id());
        if (pending != null) {
          pending.taken.complete(true);
        }
      }
      for (var refusal : answer.failed()) {
        var pending = byId.remove(refusal.id());
        if (pending != null) {
          again(pending, refusal);
        }
      }
      byId.values()
          .forEach(pending ->
              pending.taken.completeExceptionally(
                  new IllegalStateException(
                      "the queue's answer leaves a message out: " + queueUrl)));
    }
    synchronized (lock) {
      for (var pending : batch) {
        if (pending.taken.isDone()) {
          end(pending);
        }
      }
    }
    pump();
  }

  private void again(QueuedSend pending, BatchResultErrorEntry refusal) {
    pending.tries++;
    if (refusal.senderFault() || pending.tries == MAX_TRIES) {
      var said =
          new IllegalStateException(
              "the queue refused a message: " + refusal.code() + " " + refusal.message());
      pending.taken.completeExceptionally(
          refusal.senderFault() ? said : new Unavailable(queueUrl, said));
      return;
    }
    var backOff =
        Duration.ofMillis(ThreadLocalRandom.current().nextLong(50L << Math.min(pending.tries, 7)));
    var left = pending.deadline.left();
    timer.after(
        backOff.compareTo(left) < 0 ? backOff : left,
        () -> {
          synchronized (lock) {
            ready.addFirst(pending); // let in already
          }
          pump();
        });
  }
}
