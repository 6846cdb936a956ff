package dev.sluice.flow;

/// Checks of record components, whose errors name the rule first, then the value.
final class Rule {
  private Rule() {}

  static void atLeast(String what, long least, long value) {
    if (value < least) {
      throw new IllegalArgumentException(what + " must be at least " + least + ", got " + value);
    }
  }
}
