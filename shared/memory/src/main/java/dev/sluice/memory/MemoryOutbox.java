package dev.sluice.memory;

import dev.sluice.async.Deadline;
import dev.sluice.flow.Message;
import dev.sluice.flow.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// An outbox that keeps all messages, for tests of one stage: nobody receives them.
public final class MemoryOutbox<M extends Message> implements Outbox<M> {
  /// A message and its delay.
  public record Sent<M>(M message, Duration delay) {}

  private final int capacity;
  private final List<Sent<M>> sent = new ArrayList<>();

  private MemoryOutbox(int capacity) {
    this.capacity = capacity;
  }

  /// An outbox that takes all messages.
  public static <M extends Message> MemoryOutbox<M> unbounded() {
    return new MemoryOutbox<>(Integer.MAX_VALUE);
  }

  /// An outbox that is at its high-water mark once it has `capacity` messages: it takes no other
  /// before its deadline.
  public static <M extends Message> MemoryOutbox<M> bounded(int capacity) {
    return new MemoryOutbox<>(capacity);
  }

  /// All messages with their delays, in the order of sending.
  public List<Sent<M>> sent() {
    return List.copyOf(sent);
  }

  /// All messages, in the order of sending.
  public List<M> messages() {
    return sent.stream().map(Sent::message).toList();
  }

  @Override
  public CompletableFuture<Boolean> send(M message, Deadline deadline) {
    return sent.size() < capacity
        ? sendLater(message, Duration.ZERO, deadline)
        : CompletableFuture.completedFuture(false);
  }

  @Override
  public CompletableFuture<Boolean> sendLater(M message, Duration delay, Deadline deadline) {
    sent.add(new Sent<>(message, delay));
    return CompletableFuture.completedFuture(true);
  }
}
