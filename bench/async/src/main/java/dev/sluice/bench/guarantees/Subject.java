package dev.sluice.bench.guarantees;

import java.time.Duration;

/// A library that is asked. It is used the way its own documentation recommends.
interface Subject {
  /// The head of its column.
  String name();

  /// Makes permits for runs, one after the other or at once.
  ///
  /// @param limit the operations that may run at once, or their weight
  /// @param patience how long an input waits for its permit where the library has such a limit
  /// @throws RuntimeException if the library refuses such a limit
  Limited limited(int limit, Duration patience);

  /// The permits of one limit, and the threads of the library.
  interface Limited extends AutoCloseable {
    /// Does the work for all inputs, tells the sink of each, and returns when the library says that
    /// the run is over.
    RunResult run(Workload workload) throws InterruptedException;

    @Override
    default void close() {}
  }
}
