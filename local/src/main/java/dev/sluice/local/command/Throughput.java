package dev.sluice.local.command;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Pages and bytes a second since the last archive that came more than 10 s ago, and since the one
/// before the last at least: a polite host's come minutes apart, and between them it is asked all
/// the time. One thread.
final class Throughput {
  private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

  private record Sample(long nanos, long pages, long bytes) {}

  /// The first one, and each with more than the one before.
  private final Deque<Sample> samples = new ArrayDeque<>();

  private long now;

  /// So much was done at this moment; moments and counts never fall.
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

  /// Until the last archive, for the next one is on its way; until now if it is late.
  private double perSecond(long count) {
    var first = samples.getFirst().nanos;
    var last = samples.getLast().nanos;
    var nanos = now - last > last - first ? now - first : last - first;
    return nanos <= 0 ? 0 : count * 1e9 / nanos;
  }
}
