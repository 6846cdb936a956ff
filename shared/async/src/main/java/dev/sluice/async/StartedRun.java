package dev.sluice.async;

import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The future of a run that was started. It is the witness of the end of the run, so a cancel
/// reaches the run and not the future.
abstract class StartedRun<Z extends @Nullable Object> extends Witness<Z> {
  abstract Core<?, ?> core();

  /// Completes this with the result: the run has ended, and takes no step any more.
  final void end(Function<Summary, Z> result) {
    var broken = core().broken();
    if (broken != null) {
      endedExceptionally(broken);
      return;
    }
    Z made;
    try {
      made = result.apply(core().summary());
    } catch (CompletionException failed) {
      endedExceptionally(failed.getCause() == null ? failed : failed.getCause());
      return;
    } catch (RuntimeException | Error thrown) {
      endedExceptionally(thrown);
      return;
    }
    ended(made);
  }

  @Override
  final void stop() {
    core().cancel(Outcome.Stop.CANCELLED);
  }

  @Override
  public final boolean cancel(boolean mayInterruptIfRunning) {
    stop();
    return false;
  }
}
