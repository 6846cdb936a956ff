package dev.sluice.flow;

/// Checks of record components, worded rule first, then the value.
final class Rule {
  private Rule() {}

  static void atLeast(String what, long least, long value) {
    if (value < least) {
      throw new IllegalArgumentException(what + " must be at least " + least + ", got " + value);
    }
  }

  /// A deduplication id that differs from those of the same message before it was a dead letter:
  /// within five minutes a FIFO queue would drop it as one that it has.
  static String fed(String id, int again) {
    return again == 0 ? id : id + "-fed" + again;
  }
}
