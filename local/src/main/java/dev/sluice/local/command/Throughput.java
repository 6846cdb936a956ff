package dev.sluice.local.command;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Pages and bytes a second over the archives of the last 10 s, and over the last two archives at
/// least: those of a polite host come minutes apart, while it is asked all the time. One thread.
final class Throughput {
  private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

  private record Sample(long nanos, long pages, long bytes) {}

  /// The first one, and each with more than the one before.
  private final Deque<Sample> samples = new ArrayDeque<>();

  private long now;

  /// Adds a sample: the totals at a moment. Moments and totals never fall.
  void sample(long nanos, long pages, long bytes) {
    now = nanos;
    var last = samples.peekLast();
    if (last == null || last.pages != pages || last.bytes != bytes) {
      samples.addLast(new Sample(nanos, pages, bytes));
    }
    while (samples.size() > 2 && nanos - second().nanos > WINDOW_NANOS) {
      samples.removeFirst();
    }
  }

  private Sample second() {
    var each = samples.iterator();
    each.next();
    return each.next();
  }

  double pagesPerSecond() {
    return samples.isEmpty() ? 0 : perSecond(samples.getLast().pages - samples.getFirst().pages);
  }

  double bytesPerSecond() {
    return samples.isEmpty() ? 0 : perSecond(samples.getLast().bytes - samples.getFirst().bytes);
  }

  /// The rate up to the last archive, for the next is on its way; up to now if that is late.
  private double perSecond(long count) {
    var first = samples.getFirst().nanos;
    var last = samples.getLast().nanos;
    var nanos = now - last > last - first ? now - first : last - first;
    return nanos <= 0 ? 0 : count * 1e9 / nanos;
  }
}
