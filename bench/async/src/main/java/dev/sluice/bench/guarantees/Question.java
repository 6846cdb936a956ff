package dev.sluice.bench.guarantees;

import java.time.Duration;
import java.util.List;

/// One guarantee, as an observation from outside.
interface Question {
  /// A wait for a permit that is longer than in any healthy run.
  Duration PATIENCE = Duration.ofSeconds(8);

  /// The head of its row, which says what is counted.
  String text();

  Cell ask(Subject subject) throws Exception;

  /// All questions, in the order of the guarantees.
  static List<Question> all() {
    return List.of(
        new OneOutcome(),
        new PeakRunning(),
        new SourceCancelled(),
        new SlowCallback(),
        new CompletedAlready(),
        new PulledAhead(),
        new LostPermits(),
        new DeadlineKept(),
        new LeftRunning(),
        new SinkThreads(),
        new Weight(),
        new Edges());
  }
}
