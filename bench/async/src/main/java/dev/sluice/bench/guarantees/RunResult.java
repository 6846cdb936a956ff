package dev.sluice.bench.guarantees;

import java.util.function.Function;

/// How a library took a workload.
sealed interface RunResult {
  /// The library ran the workload.
  ///
  /// @param overdue the number of items whose work still runs, as the library reports it
  record Ran(int overdue) implements RunResult {
    /// The library reports no work that still runs.
    static final Ran ENDED = new Ran(0);
  }

  /// The library has no feature for a part of the workload.
  ///
  /// @param feature the missing feature
  record Unsupported(String feature) implements RunResult {}

  /// The cell of the table: measured if the workload ran, and the missing feature if not.
  default Cell measured(Function<Ran, Cell> cell) {
    return switch (this) {
      case Ran ran -> cell.apply(ran);
      case Unsupported(var feature) -> new Cell.HasNone(feature);
    };
  }
}
