package dev.sluice.bench.guarantees;

import java.util.function.Function;

/// How a library took a plan.
sealed interface Answer {
  /// The library ran the plan.
  ///
  /// @param overdue the number of items whose work still runs, as the library reports it
  record Ran(int overdue) implements Answer {
    /// The library reports no work that still runs.
    static final Ran ENDED = new Ran(0);
  }

  /// The library has no feature for a part of the plan.
  ///
  /// @param feature the missing feature
  record HasNone(String feature) implements Answer {}

  /// The cell of the table: measured if the plan ran, and the missing feature if not.
  default Cell measured(Function<Ran, Cell> cell) {
    return switch (this) {
      case Ran ran -> cell.apply(ran);
      case HasNone(var feature) -> new Cell.HasNone(feature);
    };
  }
}
