package dev.sluice.flow;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// Numbers of rows by ending and fault. They are only ever added up.
///
/// @param faults rows by the code of their fault; their sum is `failed + refused`
/// @param bytes received for these rows
public record Counts(
    long stored, long failed, long refused, long duplicate, Map<String, Long> faults, long bytes) {
  public static final Counts NONE = new Counts(0, 0, 0, 0, Map.of(), 0);

  public Counts {
    Rule.atLeast("stored", 0, stored);
    Rule.atLeast("failed", 0, failed);
    Rule.atLeast("refused", 0, refused);
    Rule.atLeast("duplicate", 0, duplicate);
    Rule.atLeast("bytes", 0, bytes);
    faults = Collections.unmodifiableMap(new TreeMap<>(faults));
    var sum = faults.values().stream().mapToLong(Long::longValue).sum();
    if (sum != failed + refused) {
      throw new IllegalArgumentException(
          "faults must sum to failed + refused = " + (failed + refused) + ", got " + faults);
    }
  }

  /// The counts of these visits.
  public static Counts of(Collection<Visit> visits) {
    long stored = 0;
    long failed = 0;
    long refused = 0;
    long duplicate = 0;
    long bytes = 0;
    var faults = new TreeMap<String, Long>();
    for (var visit : visits) {
      bytes += visit.bytesWire();
      switch (visit.ending()) {
        case Ending.Stored() -> stored++;
        case Ending.Failed(var fault, _) -> {
          failed++;
          faults.merge(fault.code(), 1L, Long::sum);
        }
        case Ending.Refused(var fault, _) -> {
          refused++;
          faults.merge(fault.code(), 1L, Long::sum);
        }
        case Ending.Duplicate _ -> duplicate++;
      }
    }
    return new Counts(stored, failed, refused, duplicate, faults, bytes);
  }

  /// All rows.
  public long rows() {
    return stored + failed + refused + duplicate;
  }

  /// The sum of both.
  public Counts plus(Counts other) {
    var sum = new TreeMap<>(faults);
    other.faults.forEach((code, count) -> sum.merge(code, count, Long::sum));
    return new Counts(
        stored + other.stored,
        failed + other.failed,
        refused + other.refused,
        duplicate + other.duplicate,
        sum,
        bytes + other.bytes);
  }
}
