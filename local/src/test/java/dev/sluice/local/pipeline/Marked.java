package dev.sluice.local.pipeline;

import dev.sluice.async.Deadline;
import dev.sluice.flow.Message;
import dev.sluice.flow.Outbox;
import dev.sluice.memory.MemoryQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The sends of one invocation that wait at the mark of a queue and those downstream, as those of
/// [dev.sluice.edge.SqsChannel] do: at most once a second it asks how much they hold, and lets in
/// what is missing to the mark.
final class Marked<M extends Message> implements Outbox<M> {
  private static final Duration SAMPLE = Duration.ofSeconds(1);
  private static final Duration MOST_AGE = Duration.ofSeconds(5);

  private record Letter<M>(M message, Deadline deadline, CompletableFuture<Boolean> taken) {}

  private final Pipeline pipeline;
  private final Invocation invocation;
  private final String queueName;
  private final List<MemoryQueue<Message>> counted;
  private final Outbox<M> sends;
  private final long high;
  private final long low;
  private final Deque<Letter<M>> waiting = new ArrayDeque<>();
  private long allowance;
  private Instant seenAt = Instant.EPOCH;
  private int inFlight;
  private boolean held;
  private boolean asking;
  private @Nullable Instant heldSince;
  private Duration heldBack = Duration.ZERO;

  /// @param sends that do not wait
  Marked(
      Pipeline pipeline,
      Invocation invocation,
      List<String> queueNames,
      Outbox<M> sends,
      long high,
      long low) {
    this.pipeline = pipeline;
    this.invocation = invocation;
    this.queueName = queueNames.getFirst();
    this.counted = queueNames.stream().map(pipeline::queue).toList();
    this.sends = sends;
    this.high = high;
    this.low = low;
  }

  @Override
  public CompletableFuture<Boolean> send(M message, Deadline deadline) {
    var letter = new Letter<>(message, deadline, new CompletableFuture<Boolean>());
    waiting.add(letter);
    pump();
    return letter.taken;
  }

  @Override
  public CompletableFuture<Boolean> sendLater(M message, Duration delay, Deadline deadline) {
    return sends.sendLater(message, delay, deadline);
  }

  @Override
  public Duration heldBack() {
    var now = pipeline.simulation().now();
    if (heldSince != null) {
      heldBack = heldBack.plus(Duration.between(heldSince, now));
    }
    heldSince = held && !waiting.isEmpty() ? now : null;
    return heldBack;
  }

  private void pump() {
    waiting.removeIf(letter ->
        letter.taken.isDone() || (letter.deadline.hasPassed() && letter.taken.complete(false)));
    heldBack();
    if (!pipeline.simulation().now().isBefore(seenAt.plus(MOST_AGE))) {
      allowance = 0; // others fill the queues
    }
    while (!waiting.isEmpty() && (allowance > 0 || pipeline.has(Defect.HIGH_WATER_LOST))) {
      allowance--;
      inFlight++;
      var letter = waiting.remove();
      sends
          .send(letter.message, letter.deadline)
          .whenComplete((taken, failure) -> {
            inFlight--;
            if (failure == null) {
              letter.taken.complete(taken);
            } else {
              letter.taken.completeExceptionally(failure);
            }
          });
    }
    if (!waiting.isEmpty() && !asking) {
      asking = true;
      pipeline.soon(this::ask);
    }
  }

  private void ask() {
    if (invocation.isDead()) {
      return;
    }
    var depth = counted.stream().mapToLong(queue -> queue.depth().total()).sum();
    pipeline.asks(queueName, inFlight);
    held = depth >= (held ? low : high);
    allowance = held ? 0 : high - depth;
    seenAt = pipeline.simulation().now();
    heldBack();
    pipeline
        .simulation()
        .after(
            SAMPLE,
            () -> {
              asking = false;
              pump();
            });
    pump();
  }
}
