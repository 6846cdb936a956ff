package dev.sluice.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.flow.Message;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Visibilities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A queue in memory with SQS's semantics, standard or FIFO, on a given clock. It has no threads
/// and never waits: every call is done when it returns.
///
/// It keeps order and delivers once, as long as its consumer deletes in time. A test makes the
/// other behaviour of SQS: for a duplicate it changes a message's visibility to zero while the
/// message is handled, and for another order it handles messages in one. The queue has no retention
/// and no mark: it takes sends at once.
public final class MemoryQueue<M extends Message> implements Outbox<M> {
  private static final int MAX_BATCH = 10;
  private static final int MAX_BYTES = 1024 * 1024;
  private static final Duration MAX_VISIBILITY = Duration.ofHours(12);
  private static final Duration DEDUPLICATION = Duration.ofMinutes(5);

  /// All characters but those that SQS takes: `#x9 | #xA | #xD | #x20-#xD7FF | #xE000-#xFFFD |
  /// #x10000-#x10FFFF`.
  private static final Pattern REFUSED =
      Pattern.compile("[^\\x09\\x0a\\x0d\\x20-\\x{d7ff}\\x{e000}-\\x{fffd}\\x{10000}-\\x{10ffff}]");

  /// A message that was received.
  ///
  /// @param receipt of this receive, for deleting and changing visibility
  /// @param groupId empty on a standard queue
  /// @param receives this one included
  public record ReceivedMessage(
      String id, String receipt, String body, String groupId, int receives) {}

  /// The numbers of messages in a queue, as SQS counts them.
  ///
  /// @param visible messages behind a locked group included
  public record Depth(int visible, int inFlight, int delayed) {
    /// All three.
    public int total() {
      return visible + inFlight + delayed;
    }
  }

  /// A message in the queue.
  ///
  /// @param hidden the time until it is visible; zero when it is
  public record QueuedMessage(
      String id, String body, String groupId, int receives, Duration hidden) {}

  private static final class Entry {
    final String id;
    final String body;
    final String groupId;
    long visibleAt;
    int receives;
    @Nullable String receipt;

    Entry(String id, String body, String groupId, long visibleAt) {
      this.id = id;
      this.body = body;
      this.groupId = groupId;
      this.visibleAt = visibleAt;
    }
  }

  private final boolean fifo;
  private final Duration visibility;
  private final LongSupplier nanoClock;

  /// In the order of sending.
  @GuardedBy("this")
  private final List<Entry> messages = new ArrayList<>();

  /// By group and id, until when the id is not taken again; the oldest first.
  @GuardedBy("this")
  private final LinkedHashMap<String, Long> taken = new LinkedHashMap<>();

  @GuardedBy("this")
  private @Nullable MemoryQueue<M> deadLetters;

  @GuardedBy("this")
  private int maxReceives;

  @GuardedBy("this")
  private long ids;

  private MemoryQueue(boolean fifo, Duration visibility, LongSupplier nanoClock) {
    this.fifo = fifo;
    this.visibility = visibility;
    this.nanoClock = nanoClock;
  }

  /// A standard queue.
  ///
  /// @param visibility how long a received message is hidden
  /// @param nanoClock reads nanoseconds as [System#nanoTime()] does
  public static <M extends Message> MemoryQueue<M> standard(
      Duration visibility, LongSupplier nanoClock) {
    return new MemoryQueue<>(false, visibility, nanoClock);
  }

  /// A FIFO queue, which deduplicates within a group, as those of the template do.
  ///
  /// @param visibility how long a received message is hidden
  /// @param nanoClock reads nanoseconds as [System#nanoTime()] does
  public static <M extends Message> MemoryQueue<M> fifo(
      Duration visibility, LongSupplier nanoClock) {
    return new MemoryQueue<>(true, visibility, nanoClock);
  }

  /// Has messages that were received `maxReceives` times go to `letters` instead of being received
  /// again.
  ///
  /// @throws IllegalArgumentException if `letters` is not of the same kind, or `maxReceives` below
  ///   1
  public synchronized MemoryQueue<M> redrive(MemoryQueue<M> letters, int maxReceives) {
    if (letters.fifo != fifo || maxReceives < 1) {
      throw new IllegalArgumentException(
          "dead letters need a queue of the same kind and at least 1 receive, got " + maxReceives);
    }
    this.deadLetters = letters;
    this.maxReceives = maxReceives;
    return this;
  }

  @Override
  public CompletableFuture<Boolean> send(M message, Deadline deadline) {
    return sendLater(message, Duration.ZERO, deadline);
  }

  @Override
  public synchronized CompletableFuture<Boolean> sendLater(
      M message, Duration delay, Deadline deadline) {
    if (delay.isNegative() || delay.compareTo(fifo ? Duration.ZERO : MAX_DELAY) > 0) {
      throw new IllegalArgumentException(
          "delay must be at most " + (fifo ? Duration.ZERO : MAX_DELAY) + ", got " + delay);
    }
    if (deadline.hasPassed()) {
      return CompletableFuture.completedFuture(false);
    }
    var body = Json.write(message);
    var bytes = body.getBytes(UTF_8).length;
    if (bytes > MAX_BYTES) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "a message must be at most " + MAX_BYTES + " bytes, got " + bytes));
    }
    var wrong = REFUSED.matcher(body);
    if (wrong.find()) {
      return CompletableFuture.failedFuture(refused(wrong));
    }
    var group = fifo ? message.groupId() : "";
    if (!fifo || isNew(group + " " + message.deduplicationId())) {
      var whole = Duration.ofSeconds(Math.ceilDiv(delay.toMillis(), 1000L));
      messages.add(new Entry("m" + ++ids, body, group, now() + whole.toNanos()));
    }
    return CompletableFuture.completedFuture(true);
  }

  /// Sends a body of someone else, as S3 does when an object was created.
  ///
  /// @throws IllegalStateException on a FIFO queue: it wants a group; or if a character is none
  ///   that SQS takes
  public synchronized void sendBody(String body) {
    if (fifo) {
      throw new IllegalStateException("a FIFO queue wants a group");
    }
    var wrong = REFUSED.matcher(body);
    if (wrong.find()) {
      throw refused(wrong);
    }
    messages.add(new Entry("m" + ++ids, body, "", now()));
  }

  private static IllegalStateException refused(Matcher wrong) {
    return new IllegalStateException(
        "a message must not hold U+" + HexFormat.of().toHexDigits((short) wrong.group().charAt(0)));
  }

  @GuardedBy("this")
  private boolean isNew(String id) {
    var now = now();
    var oldest = taken.values().iterator();
    while (oldest.hasNext() && oldest.next() - now <= 0) {
      oldest.remove();
    }
    return taken.putIfAbsent(id, now + DEDUPLICATION.toNanos()) == null;
  }

  /// Receives visible messages, the oldest first, and hides them. A FIFO group gives none while one
  /// of its messages is in flight, and otherwise several, in order.
  ///
  /// @param most 1 to 10
  public synchronized List<ReceivedMessage> receive(int most) {
    if (most < 1 || most > MAX_BATCH) {
      throw new IllegalArgumentException(
          "a receive asks for 1 to " + MAX_BATCH + " messages, got " + most);
    }
    var locked = lockedGroups();
    var received = new ArrayList<ReceivedMessage>();
    for (var all = messages.iterator(); all.hasNext() && received.size() < most; ) {
      var message = all.next();
      if (isHidden(message) || locked.contains(message.groupId)) {
        continue;
      }
      if (deadLetters != null && message.receives >= maxReceives) {
        all.remove();
        deadLetters.bury(message);
        continue;
      }
      message.receives++;
      message.receipt = message.id + "#" + message.receives;
      message.visibleAt = now() + visibility.toNanos();
      received.add(
          new ReceivedMessage(
              message.id, message.receipt, message.body, message.groupId, message.receives));
    }
    return received;
  }

  @GuardedBy("this")
  private Set<String> lockedGroups() {
    var locked = new HashSet<String>();
    if (fifo) {
      messages.stream().filter(this::isInFlight).forEach(message -> locked.add(message.groupId));
    }
    return locked;
  }

  private synchronized void bury(Entry message) {
    messages.add(new Entry(message.id, message.body, message.groupId, now()));
  }

  /// Deletes a message that was received.
  ///
  /// @return whether it was: not with the receipt of an earlier receive, nor on a FIFO queue once
  ///   it is visible again
  public synchronized boolean delete(String receipt) {
    return messages.removeIf(
        message -> receipt.equals(message.receipt) && (!fifo || isInFlight(message)));
  }

  /// Hides a message that is in flight for this long from now; zero gives it back.
  ///
  /// @return whether it was: a message is in flight from its receive until its visibility ends
  public synchronized boolean changeVisibility(String receipt, Duration from) {
    if (from.isNegative() || from.compareTo(MAX_VISIBILITY) > 0) {
      throw new IllegalArgumentException(
          "visibility must be at most " + MAX_VISIBILITY + ", got " + from);
    }
    for (var message : messages) {
      if (receipt.equals(message.receipt) && isInFlight(message)) {
        message.visibleAt = now() + from.toNanos();
        return true;
      }
    }
    return false;
  }

  /// The visibilities of this queue, for the function that it feeds.
  public Visibilities visibilities() {
    return byReceipt -> {
      var kept =
          byReceipt.entrySet().stream()
              .filter(each -> !changeVisibility(each.getKey(), each.getValue()))
              .count();
      return kept == 0
          ? CompletableFuture.completedFuture(true)
          : CompletableFuture.failedFuture(
              new IllegalStateException(kept + " of the messages keep their visibility"));
    };
  }

  /// Drops all messages, and the ids that were taken.
  public synchronized void purge() {
    messages.clear();
    taken.clear();
  }

  /// The numbers of messages in the queue.
  public synchronized Depth depth() {
    var inFlight = (int) messages.stream().filter(this::isInFlight).count();
    var hidden = (int) messages.stream().filter(this::isHidden).count();
    return new Depth(messages.size() - hidden, inFlight, hidden - inFlight);
  }

  /// All messages in the queue, in the order of sending.
  public synchronized List<QueuedMessage> queued() {
    return messages.stream()
        .map(message ->
            new QueuedMessage(
                message.id,
                message.body,
                message.groupId,
                message.receives,
                Duration.ofNanos(Math.max(0, message.visibleAt - now()))))
        .toList();
  }

  /// The time until a receive may give a message; zero when it gives one now, empty when the queue
  /// is empty.
  public synchronized Optional<Duration> untilNext() {
    var locked = lockedGroups();
    return messages.stream()
        .filter(message -> isHidden(message) || !locked.contains(message.groupId))
        .map(message -> Duration.ofNanos(Math.max(0, message.visibleAt - now())))
        .min(Duration::compareTo);
  }

  private boolean isHidden(Entry message) {
    return message.visibleAt - now() > 0;
  }

  private boolean isInFlight(Entry message) {
    return message.receipt != null && isHidden(message);
  }

  private long now() {
    return nanoClock.getAsLong();
  }
}
