package dev.sluice.async;

import org.jspecify.annotations.Nullable;

/// A future that ends when its work has ended, and not before. A caller that completes it from
/// outside asks the work to stop; when the work has ended, the future gets the first value or
/// failure that a caller or the work gave. So `orTimeout` frees no permit of work that goes on.
abstract class Witness<V extends @Nullable Object> extends OwnedFuture<V> {
  private sealed interface Verdict<V extends @Nullable Object> {
    record Value<V extends @Nullable Object>(V value) implements Verdict<V> {}

    record Failure<V extends @Nullable Object>(Throwable cause) implements Verdict<V> {}
  }

  // The first result that a caller or the work gave. No other code is called under the lock.
  private @Nullable Verdict<V> verdict;

  /// Asks the work to stop. Any thread may call it, and more than once.
  abstract void stop();

  /// Completes this: the work has ended with this value.
  final void ended(V value) {
    end(new Verdict.Value<>(value));
  }

  /// Completes this: the work has ended with this failure.
  final void endedExceptionally(Throwable failure) {
    end(new Verdict.Failure<>(failure));
  }

  private void end(Verdict<V> own) {
    switch (first(own)) {
      case Verdict.Value<V>(var value) -> settle(value);
      case Verdict.Failure<V>(var cause) -> fail(cause);
    }
  }

  private synchronized Verdict<V> first(Verdict<V> next) {
    if (verdict == null) {
      verdict = next;
    }
    return verdict;
  }

  /// @return `false`: the end of the work completes it, not this
  @Override
  public final boolean complete(V value) {
    return ask(new Verdict.Value<>(value));
  }

  /// @return `false`: the end of the work completes it, not this
  @Override
  public final boolean completeExceptionally(Throwable failure) {
    return ask(new Verdict.Failure<>(failure));
  }

  private boolean ask(Verdict<V> verdict) {
    var _ = first(verdict);
    stop();
    return false;
  }
}
