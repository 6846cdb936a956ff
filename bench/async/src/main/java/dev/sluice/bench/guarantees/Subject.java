package dev.sluice.bench.guarantees;

import java.time.Duration;

/// A library that is asked, used the way its own documentation recommends.
interface Subject {
  /// The head of its column.
  String name();

  /// Permits for runs, one after the other or at once.
  ///
  /// @param limit operations at once, or their weight
  /// @param patience how long an input waits for its permit where the library has such a limit
  /// @throws RuntimeException if the library refuses such a limit
  Limited limited(int limit, Duration patience);

  /// What holds the permits, and its threads.
  interface Limited extends AutoCloseable {
    /// Does the work for all inputs, tells the sink of each, and returns when the library says that
    /// it is over.
    Answer run(Plan plan) throws InterruptedException;

    @Override
    default void close() {}
  }
}
