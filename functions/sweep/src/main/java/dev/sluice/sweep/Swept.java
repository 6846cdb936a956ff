package dev.sluice.sweep;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// The counts of one sweep, or of one job in it. Immutable.
final class Swept {
  static final Swept NOTHING = new Swept(Map.of());

  private final Map<SweepCount, Integer> counts = new EnumMap<>(SweepCount.class);

  private Swept(Map<SweepCount, Integer> counts) {
    this.counts.putAll(counts);
  }

  /// One of each of these.
  static Swept one(SweepCount... each) {
    var one = new Swept(Map.of());
    for (var count : each) {
      one.counts.put(count, 1);
    }
    return one;
  }

  int get(SweepCount count) {
    return counts.getOrDefault(count, 0);
  }

  /// These counts and one more.
  Swept with(SweepCount count, int number) {
    var sum = new Swept(counts);
    sum.counts.merge(count, number, Integer::sum);
    return sum;
  }

  Swept plus(Swept other) {
    var sum = new Swept(counts);
    other.counts.forEach((count, number) -> sum.counts.merge(count, number, Integer::sum));
    return sum;
  }

  /// All counts by their names in lower case, zeros included, in their order.
  Map<String, Integer> byName() {
    var byName = new LinkedHashMap<String, Integer>();
    for (var count : SweepCount.values()) {
      byName.put(count.name().toLowerCase(Locale.ROOT), get(count));
    }
    return byName;
  }
}
