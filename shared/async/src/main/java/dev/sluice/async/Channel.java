package dev.sluice.async;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A queue between tasks of one process that holds at most `capacity` items: the consumer sets the
/// pace.
///
/// ```java
/// var pages = Channel.<Page>bounded(50);
/// pages.send(page, deadline);    // completes when there is room
/// pages.receive(deadline);       // completes when there is an item
/// ```
///
/// Items come out in the order in which they were taken, each to one receiver; sends and receives
/// that wait are served in the order in which they came. Any thread may call any method. A stage
/// that depends on a future runs on the thread that made room or brought the item, or on a cancel
/// thread when the deadline passed; never on a timer. A channel does not bound how many sends and
/// receives wait: their callers do.
///
/// @param <T> the items; never null
public final class Channel<T> implements Sender<T>, AutoCloseable {
  /// The result of a receive.
  public sealed interface Received<T> {
    /// The oldest item; no other receiver gets it.
    record Item<T>(T item) implements Received<T> {}

    /// The deadline passed before there was an item.
    record Late<T>() implements Received<T> {}

    /// The channel was closed, and all its items have been received.
    record Closed<T>() implements Received<T> {}
  }

  private final int capacity;
  private final Timer timer;

  // No future completes under the lock. While a receiver waits the buffer is empty; while a sender
  // waits it is full.
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Deque<T> buffer = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Set<Transfer<Boolean>> senders = new LinkedHashSet<>();

  @GuardedBy("lock")
  private final Set<Transfer<Received<T>>> receivers = new LinkedHashSet<>();

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private @Nullable Throwable failure;

  Channel(int capacity, Timer timer) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, got " + capacity);
    }
    this.capacity = capacity;
    this.timer = timer;
  }

  /// Makes an empty channel.
  ///
  /// @param capacity items that are taken and not yet received
  /// @throws IllegalArgumentException if it is below 1
  public static <T> Channel<T> bounded(int capacity) {
    return new Channel<>(capacity, Timer.SYSTEM);
  }

  /// Makes an empty channel for tasks of one run: deadlines pass by its clock, and late futures
  /// complete on its executor.
  public static <T> Channel<T> bounded(int capacity, Run run) {
    return new Channel<>(capacity, new RunTimer(run));
  }

  @Override
  public CompletableFuture<Boolean> send(T item, Deadline deadline) {
    Transfer<Boolean> waiting;
    Runnable taken;
    synchronized (lock) {
      if (isEnded()) {
        return CompletableFuture.failedFuture(refusal());
      }
      if (deadline.hasPassed()) {
        return CompletableFuture.completedFuture(false);
      }
      taken = take(item);
      waiting = new Transfer<>(senders, item, false);
      if (taken == null) {
        senders.add(waiting);
      }
    }
    if (taken == null) {
      waiting.until(deadline);
      return waiting;
    }
    taken.run();
    return CompletableFuture.completedFuture(true);
  }

  /// Sends if there is room now.
  ///
  /// @return whether the item was taken
  /// @throws IllegalStateException if the channel is closed or failed
  public boolean trySend(T item) {
    Runnable taken;
    synchronized (lock) {
      if (isEnded()) {
        throw refusal();
      }
      taken = take(item);
    }
    if (taken != null) {
      taken.run();
    }
    return taken != null;
  }

  /// Receives the oldest item when there is one. An item that is there already is received even
  /// when the deadline has passed.
  ///
  /// @return completes with the result; exceptionally with the cause if the channel failed.
  ///   Cancelling or completing the future while it waits withdraws the receive, and loses no item
  public CompletableFuture<Received<T>> receive(Deadline deadline) {
    Transfer<Received<T>> waiting;
    T item;
    Transfer<Boolean> sender = null;
    synchronized (lock) {
      waiting = new Transfer<>(receivers, null, new Received.Late<>());
      item = buffer.poll();
      if (item != null) {
        sender = claimFirst(senders);
        if (sender != null) {
          buffer.add(sender.item());
        }
      } else if (failure != null) {
        return CompletableFuture.failedFuture(failure);
      } else if (closed) {
        return CompletableFuture.completedFuture(new Received.Closed<>());
      } else if (deadline.hasPassed()) {
        return CompletableFuture.completedFuture(new Received.Late<>());
      } else {
        receivers.add(waiting);
      }
    }
    if (sender != null) {
      sender.settle(true);
    }
    if (item != null) {
      return CompletableFuture.completedFuture(new Received.Item<>(item));
    }
    waiting.until(deadline);
    return waiting;
  }

  /// Ends the sending: sends that wait and later ones fail with an `IllegalStateException`, for
  /// their items were not taken. Items that were taken can still be received. A second close does
  /// nothing.
  @Override
  public void close() {
    List<Transfer<Boolean>> refused;
    List<Transfer<Received<T>>> ended;
    synchronized (lock) {
      if (isEnded()) {
        return;
      }
      closed = true;
      refused = claimAll(senders);
      ended = claimAll(receivers);
    }
    refused.forEach(waiting -> waiting.fail(refusedByClose()));
    ended.forEach(waiting -> waiting.settle(new Received.Closed<>()));
  }

  /// Ends the channel at once, from either side: sends fail with an `IllegalStateException` caused
  /// by `cause`, receives fail with `cause`. The first failure counts, also after [#close].
  ///
  /// @return the items that were taken and not received, which are the caller's now; none if the
  ///   channel had failed before
  public List<T> fail(Throwable cause) {
    Objects.requireNonNull(cause, "cause must not be null");
    List<T> undelivered;
    List<Transfer<Boolean>> refused;
    List<Transfer<Received<T>>> ended;
    synchronized (lock) {
      if (failure != null) {
        return List.of();
      }
      failure = cause;
      undelivered = List.copyOf(buffer);
      buffer.clear();
      refused = claimAll(senders);
      ended = claimAll(receivers);
    }
    refused.forEach(waiting -> waiting.fail(refusedByFailure(cause)));
    ended.forEach(waiting -> waiting.fail(cause));
    return undelivered;
  }

  @GuardedBy("lock")
  private boolean isEnded() {
    return closed || failure != null;
  }

  @GuardedBy("lock")
  private IllegalStateException refusal() {
    return failure == null ? refusedByClose() : refusedByFailure(failure);
  }

  private static IllegalStateException refusedByClose() {
    return new IllegalStateException("the channel is closed");
  }

  private static IllegalStateException refusedByFailure(Throwable cause) {
    return new IllegalStateException("the channel has failed", cause);
  }

  /// Takes the item if there is room.
  ///
  /// @return the action to run when the lock is free; null if there was no room
  @GuardedBy("lock")
  private @Nullable Runnable take(T item) {
    Objects.requireNonNull(item, "item must not be null");
    var receiver = claimFirst(receivers);
    if (receiver != null) {
      return () -> receiver.settle(new Received.Item<>(item));
    }
    if (buffer.size() == capacity) {
      return null;
    }
    buffer.add(item);
    return () -> {};
  }

  private static <W> @Nullable W claimFirst(Set<W> waiting) {
    var all = waiting.iterator();
    if (!all.hasNext()) {
      return null;
    }
    var first = all.next();
    all.remove();
    return first;
  }

  private static <W> List<W> claimAll(Set<W> waiting) {
    var all = new ArrayList<>(waiting);
    waiting.clear();
    return all;
  }

  /// A send or a receive that waits. The thread that takes it out of its set, under the lock,
  /// completes it; so a receive that is withdrawn gets no item, and a send that is withdrawn leaves
  /// none.
  private final class Transfer<V> extends OwnedFuture<V> {
    @GuardedBy("lock")
    private final Set<Transfer<V>> among;

    private final @Nullable T item;
    private final V late;

    Transfer(Set<Transfer<V>> among, @Nullable T item, V late) {
      this.among = among;
      this.item = item;
      this.late = late;
    }

    T item() {
      return Objects.requireNonNull(item);
    }

    private boolean claim() {
      synchronized (lock) {
        return among.remove(this);
      }
    }

    void until(Deadline deadline) {
      var left = deadline.leftNanos();
      if (left == Long.MAX_VALUE) {
        return;
      }
      var armed =
          timer.at(timer.nanoTime() + Math.max(0, left), () -> timer.cancel(() -> complete(late)));
      whenComplete((_, _) -> armed.cancel(false));
    }

    @Override
    public boolean complete(V value) {
      var isOurs = claim();
      if (isOurs) {
        settle(value);
      }
      return isOurs;
    }

    @Override
    public boolean completeExceptionally(Throwable failed) {
      var isOurs = claim();
      if (isOurs) {
        fail(failed);
      }
      return isOurs;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      var isOurs = claim();
      if (isOurs) {
        settleCancelled();
      }
      return isOurs;
    }
  }
}
