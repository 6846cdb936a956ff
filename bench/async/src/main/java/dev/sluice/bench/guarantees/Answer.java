package dev.sluice.bench.guarantees;

import java.util.function.Function;

/// What a library made of a plan.
sealed interface Answer {
  /// It ran.
  ///
  /// @param overdue work that, as the library reports, still runs
  record Ran(int overdue) implements Answer {
    /// Nothing is reported of work that still runs.
    static final Ran ENDED = new Ran(0);
  }

  /// The library has nothing for what the plan asks.
  ///
  /// @param feature what is missing
  record HasNone(String feature) implements Answer {}

  /// The cell: what was measured, if it ran.
  default Cell measured(Function<Ran, Cell> cell) {
    return switch (this) {
      case Ran ran -> cell.apply(ran);
      case HasNone(var feature) -> new Cell.HasNone(feature);
    };
  }
}
