package dev.sluice.async;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
/// An item takes all its permits or none. The permits come back when its work has ended, on the
/// thread that ended it. Of the runs that wait, the run that was served the least weight is next,
/// so a run with many small items does not starve a run with a few heavy ones. Only a run whose
/// driver waits is offered permits: a run whose driver is inside user code is passed over and keeps
/// its place.
///
/// An operation that itself runs a fan-out on the same limiter can wait for ever for permits that
/// its own caller holds, or until its deadline: give the inner run a limiter of its own.
public final class Limiter {
  private final long permits;

  // No driver is woken under the lock.
  @GuardedBy("this")
  private long free;

  @GuardedBy("this")
  private long offered;

  @GuardedBy("this")
  private long served;

  @GuardedBy("this")
  private final List<Share> waiting = new ArrayList<>();

  private Limiter(long permits) {
    this.permits = permits;
    this.free = permits;
  }

  /// Makes a limiter whose permits are all free.
  ///
  /// @throws IllegalArgumentException if there is none
  public static Limiter of(long permits) {
    if (permits < 1) {
      throw new IllegalArgumentException("permits must be at least 1, got " + permits);
    }
    return new Limiter(permits);
  }

  /// The number of all permits.
  public long permits() {
    return permits;
  }

  /// The number of permits that no run holds now.
  public synchronized long free() {
    return free;
  }

  /// Makes the share of one more run.
  ///
  /// @param wake is called from any thread when permits are offered; must not block
  Share share(Runnable wake) {
    return new Share(wake);
  }

  /// Offers free permits to the waiting shares, the least served first, until too few are free for
  /// the next.
  ///
  /// @return the shares to wake when the lock is free
  @SuppressWarnings("GuardedBy") // the lock of this limiter guards its shares, unseen by the check
  @GuardedBy("this")
  private List<Share> offer() {
    var woken = new ArrayList<Share>(1);
    for (var next = leastServed(); next != null; next = leastServed()) {
      if (next.want > free - offered) {
        break; // lighter shares do not overtake a heavy one
      }
      next.isOffered = true;
      offered += next.want;
      woken.add(next);
    }
    return woken;
  }

  @SuppressWarnings("GuardedBy") // the lock of this limiter guards its shares, unseen by the check
  @GuardedBy("this")
  private @Nullable Share leastServed() {
    Share least = null;
    for (var share : waiting) {
      if (!share.isOffered && (least == null || share.weight < least.weight)) {
        least = share;
      }
    }
    return least;
  }

  /// The permits that one run holds, and those that it waits for. The driver calls its methods; any
  /// thread may call [#release].
  final class Share {
    private final Runnable wake;

    @GuardedBy("Limiter.this")
    private long want;

    @GuardedBy("Limiter.this")
    private boolean isOffered;

    // The weight that this run was served so far. It counts while the run waits or holds permits.
    @GuardedBy("Limiter.this")
    private long weight;

    @GuardedBy("Limiter.this")
    private long held;

    // Whether it wants permits, and so keeps its weight while it holds none.
    @GuardedBy("Limiter.this")
    private boolean keepsPlace;

    private Share(Runnable wake) {
      this.wake = wake;
    }

    boolean isTooHeavy(long much) {
      return much > permits;
    }

    /// Takes the permits, or joins the shares that wait for an offer.
    boolean tryAcquire(long much) {
      List<Share> woken;
      synchronized (Limiter.this) {
        if (held == 0 && !keepsPlace) {
          weight = Math.max(weight, served); // a run that was away saves nothing up
        }
        if (isFirst() && much <= free - offered) {
          take(much);
          return true;
        }
        keepsPlace = true;
        want = much;
        waiting.add(this);
        woken = offer();
      }
      wakeAll(woken);
      return false;
    }

    @SuppressWarnings("GuardedBy") // as above: the other shares have the same lock
    @GuardedBy("Limiter.this")
    private boolean isFirst() {
      for (var share : waiting) {
        if (share.weight < weight) {
          return false;
        }
      }
      return true;
    }

    @GuardedBy("Limiter.this")
    private void take(long much) {
      served = Math.max(served, weight);
      free -= much;
      held += much;
      weight += much;
      keepsPlace = false;
    }

    /// Takes the permits that were offered since [#tryAcquire]; without an offer the share stops
    /// waiting and keeps its place.
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

    /// Stops waiting: the driver wants no more permits.
    void leave() {
      List<Share> woken;
      synchronized (Limiter.this) {
        keepsPlace = false;
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

    /// Gives permits back, on any thread.
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
