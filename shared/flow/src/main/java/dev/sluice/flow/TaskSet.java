package dev.sluice.flow;

import java.util.Base64;
import java.util.BitSet;

/// A set of task numbers, a bit each.
///
/// @param bits in base 64, without padding: bit n of the bytes, the lowest of each first, is task n
record TaskSet(String bits) {
  /// No task.
  static final TaskSet NONE = new TaskSet("");

  private static final int MOST = 1_000_000;

  TaskSet {
    Base64.getDecoder().decode(bits); // refuses other text
  }

  boolean contains(int task) {
    return set().get(task);
  }

  TaskSet with(int task) {
    if (task >= MOST) {
      throw new IllegalArgumentException("task must be below " + MOST + ", got " + task);
    }
    var set = set();
    set.set(task);
    return new TaskSet(Base64.getEncoder().withoutPadding().encodeToString(set.toByteArray()));
  }

  private BitSet set() {
    return BitSet.valueOf(Base64.getDecoder().decode(bits));
  }
}
