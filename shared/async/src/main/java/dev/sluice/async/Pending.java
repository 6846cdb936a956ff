package dev.sluice.async;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The items of a run that were pulled and wait: in the lanes, or in a line if there are no lanes,
/// or for the end of a back-off. Only the driver calls it; an exception of the lanes passes
/// through.
final class Pending<T, R extends @Nullable Object> {
  private final @Nullable Lanes<T> lanes;
  private final int lookahead;
  private final Deque<Flight<T, R>> line = new ArrayDeque<>(0);
  private final PriorityQueue<Flight<T, R>> backingOff =
      new PriorityQueue<>((one, other) ->
          one.due == other.due
              ? Long.compare(one.index, other.index)
              : Long.signum(one.due - other.due)); // instants of a clock that may wrap
  private int inLanes;
  private long laneDue = Core.NEVER;

  Pending(@Nullable Lanes<T> lanes, int lookahead) {
    this.lanes = lanes;
    this.lookahead = lookahead;
  }

  boolean hasLanes() {
    return lanes != null;
  }

  /// Whether the look-ahead has a place for one more item.
  boolean hasPlace() {
    return inLanes + backingOff.size() < lookahead;
  }

  void backOff(Flight<T, R> flight) {
    backingOff.add(flight);
  }

  /// Removes and returns a flight whose back-off has ended.
  @Nullable Flight<T, R> afterBackOff(long now) {
    var first = backingOff.peek();
    return first != null && first.due - now <= 0 ? backingOff.remove() : null;
  }

  void offer(Flight<T, R> flight) {
    if (lanes == null) {
      line.add(flight);
    } else {
      lanes.offer(flight);
      inLanes++;
    }
  }

  /// Removes and returns the first flight of the line.
  @Nullable Flight<T, R> first() {
    return line.poll();
  }

  /// Asks the lanes.
  ///
  /// @param stop is called if the lanes want the run to stop
  @SuppressWarnings("unchecked") // lanes give back flights alone
  @Nullable Flight<T, R> poll(long now, Runnable stop) {
    laneDue = Core.NEVER;
    if (lanes == null || inLanes == 0) {
      return null;
    }
    switch (lanes.poll(now)) {
      case Lanes.Next.Start<T>(var waiting) -> {
        inLanes--;
        return (Flight<T, R>) waiting;
      }
      case Lanes.Next.At<T>(var nanos) -> laneDue = nanos;
      case Lanes.Next.Blocked<T>() -> {}
      case Lanes.Next.Stop<T>() -> stop.run();
    }
    return null;
  }

  /// The instant at which to poll again.
  long due() {
    return backingOff.isEmpty() ? laneDue : Math.min(laneDue, backingOff.element().due);
  }

  /// Tells the lanes that the work of a flight that had started has ended.
  void settled(Flight<T, R> flight) {
    if (lanes != null) {
      lanes.ended(flight);
    }
  }

  /// Gives `taker` every flight that waits.
  ///
  /// @return the number of items that the lanes failed to give back
  @SuppressWarnings("unchecked") // lanes give back flights alone
  int drain(Consumer<Flight<T, R>> taker) {
    empty(line, taker);
    empty(backingOff, taker);
    var missing = inLanes;
    inLanes = 0;
    if (lanes != null) {
      for (var waiting : lanes.drain()) {
        missing--;
        taker.accept((Flight<T, R>) waiting);
      }
    }
    return missing;
  }

  private static <F> void empty(Queue<F> from, Consumer<F> taker) {
    for (var each = from.poll(); each != null; each = from.poll()) {
      taker.accept(each);
    }
  }
}
