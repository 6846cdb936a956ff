package dev.sluice.bench.guarantees;

/// How much is under way, and the most that ever was. From any thread.
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
