package dev.sluice.bench.guarantees;

/// The weight that is under way, and its peak. Any thread may call it.
final class Gauge {
  private int now;
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
