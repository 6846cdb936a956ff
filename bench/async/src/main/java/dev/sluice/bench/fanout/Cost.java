package dev.sluice.bench.fanout;

import java.util.List;
import java.util.stream.DoubleStream;

/// The cost of an item.
///
/// @param nanos median of all iterations of all rounds
/// @param lowest nanoseconds of the fastest iteration; if it is far below the median, the machine
///   was disturbed
/// @param bytes bytes that all threads allocated; median of the same iterations
record Cost(double nanos, double lowest, double bytes) {
  /// The cost in one iteration.
  static Cost of(double nanos, double bytes) {
    return new Cost(nanos, nanos, bytes);
  }

  /// @throws IllegalArgumentException if the list is empty
  static Cost median(List<Cost> each) {
    return new Cost(
        median(each.stream().mapToDouble(Cost::nanos)),
        each.stream().mapToDouble(Cost::lowest).min().orElseThrow(),
        median(each.stream().mapToDouble(Cost::bytes)));
  }

  Cost minus(Cost other) {
    return new Cost(nanos - other.nanos, lowest - other.lowest, bytes - other.bytes);
  }

  private static double median(DoubleStream values) {
    var sorted = values.sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("a median needs at least one value, got none");
    }
    var middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
