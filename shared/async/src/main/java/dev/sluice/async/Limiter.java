package dev.sluice.async;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Permits that several runs of this process share, by count or by weight, as bytes.
///
/// ```java
/// static final Limiter BODIES = Limiter.of(64 << 20); // bytes, of all invocations together
/// FanOut.of(op).limit(BODIES, Page::bytes)
/// ```
///
/// An item takes all its permits or none. They come back when its work has ended, on the thread
/// that ended it. Between runs that wait, the one that was served the least weight is next, so a
/// run with many small items does not starve one with a few heavy ones. Only a run whose driver
/// waits is offered permits: one that is inside user code is passed over and keeps its place.
///
/// An operation that itself runs a fan-out on the same limiter can wait for ever for permits that
/// its own caller holds, or until its deadline: give the inner run a limiter of its own.
public final class Limiter {
  private final long permits;

  // The monitor of this guards all below and the fields of shares; nobody is woken under it.
  private long free;
  private long offered;
  private long served;
  private final List<Share> waiting = new ArrayList<>();

  private Limiter(long permits) {
    this.permits = permits;
    this.free = permits;
  }

  /// All permits are free.
  ///
  /// @throws IllegalArgumentException if there are none
  public static Limiter of(long permits) {
    if (permits < 1) {
      throw new IllegalArgumentException("permits must be at least 1, got " + permits);
    }
    return new Limiter(permits);
  }

  /// How many there are in all.
  public long permits() {
    return permits;
  }

  /// How many nobody holds now.
  public synchronized long free() {
    return free;
  }

  /// One more run.
  ///
  /// @param wake from any thread, when permits are offered; must not block
  Share share(Runnable wake) {
    return new Share(wake);
  }

  /// Makes an offer to each waiting share, the least served first, as long as what is free lasts.
  ///
  /// @return whom to wake, without the lock
  private List<Share> offer() {
    var woken = new ArrayList<Share>(1);
    for (var next = leastServed(); next != null; next = leastServed()) {
      if (next.want > free - offered) {
        break; // a heavy one is not overtaken by lighter ones
      }
      next.isOffered = true;
      offered += next.want;
      woken.add(next);
    }
    return woken;
  }

  private @Nullable Share leastServed() {
    Share least = null;
    for (var share : waiting) {
      if (!share.isOffered && (least == null || share.weight < least.weight)) {
        least = share;
      }
    }
    return least;
  }

  /// What one run holds and waits for. Its methods are the driver's but for [#release].
  final class Share {
    private final Runnable wake;
    private long want;
    private boolean isOffered;

    // How much it was served so far, in the measure of all; it counts while it is waiting or holds.
    private long weight;
    private long held;
    private boolean isHungry;

    private Share(Runnable wake) {
      this.wake = wake;
    }

    boolean isTooHeavy(long much) {
      return much > permits;
    }

    /// Takes the permits, or waits to be woken for them.
    boolean tryAcquire(long much) {
      List<Share> woken;
      synchronized (Limiter.this) {
        if (held == 0 && !isHungry) {
          weight = Math.max(weight, served); // who was away has saved nothing up
        }
        if (isFirst() && much <= free - offered) {
          take(much);
          return true;
        }
        isHungry = true;
        want = much;
        waiting.add(this);
        woken = offer();
      }
      wakeAll(woken);
      return false;
    }

    private boolean isFirst() {
      for (var share : waiting) {
        if (share.weight < weight) {
          return false;
        }
      }
      return true;
    }

    private void take(long much) {
      served = Math.max(served, weight);
      free -= much;
      held += much;
      weight += much;
      isHungry = false;
    }

    /// Takes what was offered since [#tryAcquire], or waits no longer and keeps its place.
    boolean takeOffer() {
      List<Share> woken;
      synchronized (Limiter.this) {
        if (!waiting.remove(this)) {
          return false;
        }
        if (isOffered) {
          isOffered = false;
          offered -= want;
          take(want);
          return true;
        }
        woken = offer();
      }
      wakeAll(woken);
      return false;
    }

    /// Waits no longer and wants nothing.
    void leave() {
      List<Share> woken;
      synchronized (Limiter.this) {
        isHungry = false;
        if (!waiting.remove(this)) {
          return;
        }
        if (isOffered) {
          isOffered = false;
          offered -= want;
        }
        woken = offer();
      }
      wakeAll(woken);
    }

    /// Any thread.
    void release(long much) {
      List<Share> woken;
      synchronized (Limiter.this) {
        free += much;
        held -= much;
        woken = offer();
      }
      wakeAll(woken);
    }

    private static void wakeAll(List<Share> shares) {
      shares.forEach(share -> share.wake.run());
    }
  }
}
