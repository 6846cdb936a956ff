package dev.sluice.bench.guarantees;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The work for one input, in the two forms that libraries take: as a future, and on the calling
/// thread.
@FunctionalInterface
interface Work {
  /// Starts the work. The future is the source: cancelling it stops the work, if [#stops].
  CompletableFuture<@Nullable Integer> start(int item) throws Exception;

  /// Does the work on this thread. An interrupt stops it, as it closes the socket that a virtual
  /// thread reads from.
  default @Nullable Integer call(int item) throws Exception {
    var source = start(item);
    try {
      return source.get();
    } catch (InterruptedException stopped) {
      source.cancel(true);
      throw stopped;
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : failed;
    }
  }

  /// Whether cancelling stops the work. A subject passes this on to a library that can use it.
  default boolean stops() {
    return true;
  }
}
