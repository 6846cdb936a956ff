package dev.sluice.bench.guarantees;

import java.time.Duration;
import java.util.List;

/// One guarantee as something that can be seen from outside.
interface Question {
  /// Waits for a permit that no healthy run reaches.
  Duration PATIENCE = Duration.ofSeconds(8);

  /// The head of its row: what is counted, and when it is ok.
  String text();

  Cell ask(Subject subject) throws Exception;

  /// In the order of the guarantees.
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
