package dev.sluice.async;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A future of ours in the hands of others, who reach its result through `complete`,
/// `completeExceptionally` and `cancel` alone, which a subclass decides about.
///
/// The other doors of a [CompletableFuture] lead past those three. `orTimeout` and
/// `completeOnTimeout` do not: they call them.
abstract class OwnedFuture<V extends @Nullable Object> extends CompletableFuture<V> {
  @Override
  public abstract boolean complete(V value);

  @Override
  public abstract boolean completeExceptionally(Throwable failure);

  @Override
  public abstract boolean cancel(boolean mayInterruptIfRunning);

  /// The owner's own.
  final void settle(V value) {
    super.complete(value);
  }

  /// The owner's own.
  final void fail(Throwable failure) {
    super.completeExceptionally(failure);
  }

  /// The owner's own.
  final void settleCancelled() {
    super.cancel(false);
  }

  /// Completes it as [#complete] does.
  @Override
  public final CompletableFuture<V> completeAsync(
      Supplier<? extends V> supplier, Executor executor) {
    Objects.requireNonNull(supplier, "supplier must not be null");
    executor.execute(() -> {
      if (isDone()) {
        return;
      }
      V value;
      try {
        value = supplier.get();
      } catch (Throwable thrown) {
        completeExceptionally(thrown);
        return;
      }
      complete(value);
    });
    return this;
  }

  /// Refuses: what has happened cannot be made undone.
  @Override
  public final void obtrudeValue(V value) {
    throw new UnsupportedOperationException("a result cannot be replaced");
  }

  /// Refuses: what has happened cannot be made undone.
  @Override
  public final void obtrudeException(Throwable failure) {
    throw new UnsupportedOperationException("a result cannot be replaced");
  }
}
