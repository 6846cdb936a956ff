package dev.sluice.bench.guarantees;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/// The weight that is under way, and its peak. Any thread may call it.
final class Gauge {
  @GuardedBy("this")
  private int now;

  @GuardedBy("this")
  private int peak;

  synchronized void enter(int weight) {
    now += weight;
    peak = Math.max(peak, now);
  }

  synchronized void leave(int weight) {
    now -= weight;
  }

  synchronized int now() {
    return now;
  }

  synchronized int peak() {
    return peak;
  }
}
