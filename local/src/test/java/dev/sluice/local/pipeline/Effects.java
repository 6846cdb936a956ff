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

    /// Store or queue refuse it, as when they are overloaded.
    REFUSED,

    /// Store or queue refuse it for another reason.
    DENIED,

    /// It happens late, and its answer comes late: together up to the timeout of its function.
    SLOW,

    /// Its invocation stands still before it, is killed at its timeout, and wakes when its messages
    /// may have been given to others: it happens then, and what follows from it.
    ZOMBIE
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
  private final List<String> faults = new ArrayList<>();

  Effects(Plan plan) {
    this.plan = plan;
  }

  Fate next(String what) {
    happened.add(what);
    var fate = plan.of(happened.size() - 1, what);
    if (fate != Fate.HAPPENS) {
      faults.add(what);
    }
    return fate;
  }

  /// Those that had another fate than to happen.
  List<String> faults() {
    return List.copyOf(faults);
  }

  int count() {
    return happened.size();
  }

  /// All so far; the number of one is its index.
  List<String> all() {
    return List.copyOf(happened);
  }
}
