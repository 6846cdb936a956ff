package dev.sluice.async;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The future of a run that was started: it is the witness of its end, so a cancel reaches the run
/// and not the future.
abstract class Started<Z extends @Nullable Object> extends CompletableFuture<Z> {
  /// The run cannot go on: nobody drives it.
  final void abandon() {
    super.cancel(false);
  }

  abstract Core<?, ?> core();

  final void end(Function<Summary, Z> result) {
    var broken = core().broken();
    if (broken != null) {
      completeExceptionally(broken);
      return;
    }
    try {
      complete(result.apply(core().summary()));
    } catch (CompletionException failed) {
      completeExceptionally(failed.getCause() == null ? failed : failed.getCause());
    } catch (RuntimeException | Error thrown) {
      completeExceptionally(thrown);
    }
  }

  @Override
  public final boolean cancel(boolean mayInterruptIfRunning) {
    core().cancel(Outcome.Stop.CANCELLED);
    return false;
  }

  /// What depends on it is an ordinary future.
  @Override
  public final <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
