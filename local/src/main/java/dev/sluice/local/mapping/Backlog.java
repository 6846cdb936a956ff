package dev.sluice.local.mapping;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The messages that were received and not yet given to an invocation, and the locks of the groups
/// of a FIFO queue.
///
/// A group is locked from the invocation that has one of its messages until that invocation has
/// ended and its messages are deleted. ElasticMQ gives a group on as soon as its oldest message is
/// visible, although an invocation still has that message or later ones: those wait here. When the
/// invocation ends, they go next if the first of them is one that it failed. If a failed message is
/// still to come, they are dropped, because they would overtake it: they were received, are not
/// deleted, and become visible again by themselves.
///
/// It holds at most one batch of a standard queue and ten messages a running invocation of a FIFO
/// queue. Not thread-safe: the lock of [MappingState] guards it.
final class Backlog {
  /// The most that one ReceiveMessage gives.
  private static final int MOST_OF_A_RECEIVE = 10;

  private final boolean fifo;
  private final int mostMessages;
  private final int mostBytes;
  private final long visibilityNanos;

  /// By message id, in the order of arrival.
  private final Map<String, EventRecord> waiting = new LinkedHashMap<>();

  private int bytes = EventRecord.ENVELOPE_BYTES;
  private final Set<String> locked = new HashSet<>();
  private int running;
  private boolean isOwed;
  private long owedUntil;

  /// @param mostMessages of a batch
  /// @param mostBytes of an event
  /// @param visibilityNanos of the queue
  Backlog(boolean fifo, int mostMessages, int mostBytes, long visibilityNanos) {
    this.fifo = fifo;
    this.mostMessages = mostMessages;
    this.mostBytes = mostBytes;
    this.visibilityNanos = visibilityNanos;
  }

  /// How many messages to ask for.
  int room() {
    var more = fifo ? mostMessages : mostMessages - waiting.size();
    return Math.clamp(more, 0, MOST_OF_A_RECEIVE);
  }

  /// Whether a batch need not grow.
  boolean isFull() {
    return waiting.size() >= mostMessages || bytes >= mostBytes;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /// Whether, as far as this mapping knows, no message of the queue is in flight. Then the server
  /// has no group locked either.
  boolean isIdle(long now) {
    isOwed &= owedUntil - now > 0;
    return running == 0 && waiting.isEmpty() && !isOwed;
  }

  /// Takes in what one receive gave, in its order. A message that is here already keeps its place
  /// and gets the new receipt, with which alone it can be deleted.
  ///
  /// @return those that are too large for any event; of a FIFO queue, none of their group is kept
  ///   behind them
  List<EventRecord> add(List<EventRecord> received, long now) {
    var tooLarge = new ArrayList<EventRecord>();
    var blocked = new HashSet<String>();
    for (var record : received) {
      if (fifo && blocked.contains(record.group())) {
        owes(now);
      } else if (EventRecord.ENVELOPE_BYTES + record.bytes() > mostBytes) {
        tooLarge.add(record);
        blocked.add(record.group());
        owes(now);
      } else {
        var before = waiting.put(record.id(), record);
        bytes += record.bytes() + 1 - (before == null ? 0 : before.bytes() + 1);
      }
    }
    return tooLarge;
  }

  /// The next batch, in order, at most as large as an event may be; its groups are locked. Empty if
  /// all that is here waits for a group.
  List<EventRecord> next() {
    var batch = new ArrayList<EventRecord>();
    var size = EventRecord.ENVELOPE_BYTES;
    for (var record : waiting.values()) {
      if (batch.size() == mostMessages) {
        break;
      }
      if (locked.contains(record.group())) {
        continue;
      }
      var withIt = size + record.bytes() + (batch.isEmpty() ? 0 : 1);
      if (withIt > mostBytes) {
        break;
      }
      size = withIt;
      batch.add(record);
    }
    for (var record : batch) {
      remove(record);
      if (fifo) {
        locked.add(record.group());
      }
    }
    if (!batch.isEmpty()) {
      running++;
    }
    return batch;
  }

  /// An invocation has ended, and the messages that it handled are deleted.
  ///
  /// @param failed ids of those that come back
  void ended(List<EventRecord> batch, Set<String> failed, long now) {
    running--;
    if (!failed.isEmpty()) {
      owes(now);
    }
    if (fifo) {
      var failedGroups = new HashSet<String>();
      for (var record : batch) {
        locked.remove(record.group());
        if (failed.contains(record.id())) {
          failedGroups.add(record.group());
        }
      }
      failedGroups.forEach(group -> dropIfAhead(group, failed));
    }
  }

  private void dropIfAhead(String group, Set<String> failed) {
    var behind = waiting.values().stream().filter(record -> record.group().equals(group)).toList();
    if (!behind.isEmpty() && !failed.contains(behind.getFirst().id())) {
      behind.forEach(this::remove);
    }
  }

  /// A message is in flight that no invocation has: it comes back after the visibility at the
  /// latest.
  private void owes(long now) {
    isOwed = true;
    owedUntil = now + visibilityNanos;
  }

  private void remove(EventRecord record) {
    waiting.remove(record.id());
    bytes -= record.bytes() + 1;
  }
}
