package dev.sluice.fetch.plan;

import dev.sluice.flow.Fault;
import dev.sluice.flow.Target;
import java.util.List;
import java.util.Set;

/// The retries of a task, which are its part of the retry budget of the job: requests that are sent
/// once more after an answer that does not count.
///
/// Tasks share no counter. A task of new URLs has the percentage of their number and [#FLAT] more,
/// so that few URLs can each have all their attempts; the retries that it does not spend go on with
/// the URLs that it leaves over, in equal shares. So the tasks of a job together never spend more
/// than their first ones had.
///
/// Belongs to the executor of its round.
public final class Retries {
  static final int FLAT = 10;

  private static final Set<Fault> TRANSIENT =
      Set.of(Fault.Failed.CONNECT, Fault.Failed.TIMEOUT, Fault.Failed.DISCONNECT);

  private int left;

  private Retries(int left) {
    this.left = left;
  }

  /// The retries of a task.
  ///
  /// @param targets all of the task
  /// @param percent retries for each hundred URLs; 0 allows none at all
  public static Retries of(List<Target> targets, int percent) {
    var shared = 0;
    var first = 0;
    for (var target : targets) {
      if (target.retries() == Target.NOT_SHARED) {
        first++;
      } else {
        shared += target.retries();
      }
    }
    var own = Math.ceilDiv(first * percent, 100);
    return new Retries(shared + (own == 0 ? 0 : FLAT + own));
  }

  /// Whether another attempt may end otherwise.
  public static boolean isTransient(Fault fault) {
    return TRANSIENT.contains(fault);
  }

  /// Spends one retry.
  ///
  /// @return whether there was one left
  public boolean take() {
    if (left == 0) {
      return false;
    }
    left--;
    return true;
  }

  /// The retries that one of the URLs that are left over takes along; the first URLs take one more
  /// where the retries do not divide.
  ///
  /// @param place of the URL among them, counted from 0
  public int share(int place, int urls) {
    return left / urls + (place < left % urls ? 1 : 0);
  }
}
