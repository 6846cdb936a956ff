package dev.sluice.async;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/// A future that ends when its work has ended, and not before. A caller that completes it from
/// outside asks the work to stop; when the work has ended, the future gets the first value or
/// failure that a caller or the work gave. So `orTimeout` frees no permit of work that goes on.
abstract class Witness<V extends @Nullable Object> extends OwnedFuture<V> {
  private sealed interface Settlement<V extends @Nullable Object> {
    record Returned<V extends @Nullable Object>(V value) implements Settlement<V> {}

    record Threw<V extends @Nullable Object>(Throwable cause) implements Settlement<V> {}
  }

  // The first result that a caller or the work gave. No other code is called under the lock.
  @GuardedBy("this")
  private @Nullable Settlement<V> settlement;

  /// Asks the work to stop. Any thread may call it, and more than once.
  abstract void stop();

  /// Completes this: the work has ended with this value.
  final void ended(V value) {
    end(new Settlement.Returned<>(value));
  }

  /// Completes this: the work has ended with this failure.
  final void endedExceptionally(Throwable failure) {
    end(new Settlement.Threw<>(failure));
  }

  private void end(Settlement<V> own) {
    switch (first(own)) {
      case Settlement.Returned<V>(var value) -> settle(value);
      case Settlement.Threw<V>(var cause) -> fail(cause);
    }
  }

  private synchronized Settlement<V> first(Settlement<V> next) {
    if (settlement == null) {
      settlement = next;
    }
    return settlement;
  }

  /// @return `false`: the end of the work completes it, not this
  @Override
  public final boolean complete(V value) {
    return ask(new Settlement.Returned<>(value));
  }

  /// @return `false`: the end of the work completes it, not this
  @Override
  public final boolean completeExceptionally(Throwable failure) {
    return ask(new Settlement.Threw<>(failure));
  }

  private boolean ask(Settlement<V> settlement) {
    var _ = first(settlement);
    stop();
    return false;
  }
}
