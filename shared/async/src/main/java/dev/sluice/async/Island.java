package dev.sluice.async;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A blocking bridge around one asynchronous stage: the only place that waits.
///
/// The caller's thread drives the serial executor of the run until the stage has ended, so a stage
/// needs no thread of its own and its state no lock.
public interface Island {
  /// Runs the stage on the calling thread and returns its result.
  ///
  /// When the deadline passes first, or the caller is interrupted, the stage is cancelled and the
  /// island still waits for it, at most the reserve that the deadline leaves.
  ///
  /// @throws InterruptedException if the caller was interrupted
  /// @throws Exception what the stage failed with, `CompletionException` taken off
  <R extends @Nullable Object> R run(
      Deadline deadline, Function<Run, ? extends CompletionStage<R>> stage) throws Exception;
}
