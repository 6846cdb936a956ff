package dev.sluice.async;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A future that users hold and a subclass completes. Users reach its result through `complete`,
/// `completeExceptionally` and `cancel` alone, and the subclass decides what each of them does.
///
/// The methods below are closed because a [CompletableFuture] completes itself in them without
/// calling one of the three. `orTimeout` and `completeOnTimeout` call them, and stay open.
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

  /// Calls [#complete] or [#completeExceptionally] with the result of the supplier.
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

  /// Refuses: a result cannot be replaced.
  @Override
  public final void obtrudeValue(V value) {
    throw new UnsupportedOperationException("a result cannot be replaced");
  }

  /// Refuses: a result cannot be replaced.
  @Override
  public final void obtrudeException(Throwable failure) {
    throw new UnsupportedOperationException("a result cannot be replaced");
  }
}
