package dev.sluice.async;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// The flights of a run whose work has not ended, in the order of their starts.
///
/// All flights of a run have the same timeout, so they time out in the order of their starts: a
/// linked list and one wake-up replace a timer for each, and arming or disarming one is a change of
/// links. The driver adds and removes; the timer only moves `next` on. Neither calls other code
/// under the lock.
final class InFlight<T, R extends @Nullable Object> {
  private final Timer timer;
  private final boolean timed;

  // The driver owns this.
  private int size;

  // The links of the flights are guarded by this as well.
  @GuardedBy("this")
  private @Nullable Flight<T, R> first;

  @GuardedBy("this")
  private @Nullable Flight<T, R> last;

  // The first flight whose timeout has not passed.
  @GuardedBy("this")
  private @Nullable Flight<T, R> next;

  @GuardedBy("this")
  private boolean isArmed;

  @GuardedBy("this")
  private @Nullable Future<?> wakeUp;

  /// @param timed whether flights have timeouts
  InFlight(Timer timer, boolean timed) {
    this.timer = timer;
    this.timed = timed;
  }

  int size() {
    return size;
  }

  void add(Flight<T, R> flight) {
    size++;
    synchronized (this) {
      flight.before = last;
      if (last == null) {
        first = flight;
      } else {
        last.after = flight;
      }
      last = flight;
      if (next == null) {
        next = flight;
      }
      if (!timed || isArmed) {
        return;
      }
      isArmed = true;
    }
    arm(flight.due);
  }

  void remove(Flight<T, R> flight) {
    size--;
    synchronized (this) {
      if (flight.before == null) {
        first = flight.after;
      } else {
        flight.before.after = flight.after;
      }
      if (flight.after == null) {
        last = flight.before;
      } else {
        flight.after.before = flight.before;
      }
      if (next == flight) {
        next = flight.after;
      }
      flight.before = null;
      flight.after = null;
    }
  }

  synchronized List<Flight<T, R>> all() {
    var all = new ArrayList<Flight<T, R>>(size);
    for (var flight = first; flight != null; flight = flight.after) {
      all.add(flight);
    }
    return all;
  }

  /// Withdraws the wake-up: the run has ended.
  void close() {
    Future<?> pending;
    synchronized (this) {
      isArmed = true; // no flight arms it again
      pending = wakeUp;
    }
    if (pending != null) {
      pending.cancel(false);
    }
  }

  private void arm(long due) {
    var armed = timer.at(due, this::ring);
    synchronized (this) {
      wakeUp = armed;
    }
  }

  /// Runs on the timer: stops each flight whose timeout has passed, and arms the wake-up for the
  /// next.
  private void ring() {
    while (true) {
      Flight<T, R> late;
      synchronized (this) {
        late = next;
        if (late == null) {
          isArmed = false;
          return;
        }
        if (late.due - timer.nanoTime() <= 0) {
          next = late.after;
        } else {
          break;
        }
      }
      late.stop(Flight.LATE);
    }
    long due;
    synchronized (this) {
      if (next == null) {
        isArmed = false;
        return;
      }
      due = next.due;
    }
    arm(due);
  }
}
