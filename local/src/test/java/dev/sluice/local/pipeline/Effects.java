package dev.sluice.local.pipeline;

import java.util.ArrayList;
import java.util.List;

/// Every effect on the outside world, in the order in which they happen, and what becomes of it.
final class Effects {
  /// What becomes of an effect.
  enum Fate {
    HAPPENS,

    /// Its invocation dies before it has happened.
    DIES_BEFORE,

    /// It happens, and its invocation dies before it hears of that.
    DIES_AFTER,

    /// Store or queue refuse it.
    REFUSED
  }

  /// Decides.
  @FunctionalInterface
  interface Plan {
    /// All happens.
    Plan NONE = (_, _) -> Fate.HAPPENS;

    /// What becomes of this one.
    ///
    /// @param number of the effect, from 0
    /// @param what it is: function, verb, object
    Fate of(int number, String what);

    /// One of them has another fate.
    static Plan at(int number, Fate fate) {
      return (each, _) -> each == number ? fate : Fate.HAPPENS;
    }
  }

  private final Plan plan;
  private final List<String> happened = new ArrayList<>();

  Effects(Plan plan) {
    this.plan = plan;
  }

  Fate next(String what) {
    happened.add(what);
    return plan.of(happened.size() - 1, what);
  }

  int count() {
    return happened.size();
  }

  /// All so far; the number of one is its index.
  List<String> all() {
    return List.copyOf(happened);
  }
}
