package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every promise of a run, in histories that seeds draw: completions, timeouts, cancels, deadlines
/// and steps of the clock in any order, also while a driver is inside user code.
///
/// `-Dsluice.histories=N` plays the first N, `-Dsluice.seed=S` the one of that seed.
@Tag("proofs")
class HistoriesTest {
  private static final long FIRST_SEED = Long.getLong("sluice.seed", 0);
  private static final long HISTORIES =
      Long.getLong("sluice.seed") == null
          ? Long.getLong("sluice.histories", Proofs.count(100_000, 10_000))
          : 1;

  @Test
  void everyHistoryKeepsEveryPromise() {
    var failure = History.firstFailure(FIRST_SEED, FIRST_SEED + HISTORIES);

    System.out.println("histories: " + HISTORIES);
    assertThat(failure)
        .as("run it again: mvn -pl shared/async test -Dtest=HistoriesTest -Dsluice.seed=N")
        .isEmpty();
  }
}
