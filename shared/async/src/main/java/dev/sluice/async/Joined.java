package dev.sluice.async;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A sink that keeps values by their place, and the first failure. Only the driver fills it.
final class Joined<T, R extends @Nullable Object> implements Sink<T, R> {
  private final List<@Nullable R> values = new ArrayList<>();
  private @Nullable Throwable failure;
  private @Nullable Throwable stopped;

  @Override
  public void accept(long index, Outcome<T, R> outcome) {
    switch (outcome) {
      case Outcome.Success<T, R>(_, var value) -> put(index, value);
      case Outcome.Failure<T, R>(_, var cause) -> failed(cause);
      case Outcome.TimedOut<T, R>(var item, var after) ->
          failed(new TimeoutException(item + " did not end within " + after));
      case Outcome.Cancelled<T, R>(var item, var why) -> stopped(item, why);
      case Outcome.NotStarted<T, R>(var item, var why) -> stopped(item, why);
    }
  }

  private void put(long index, R value) {
    var missing = index + 1 - values.size();
    if (missing > 0) {
      values.addAll(Collections.nCopies((int) missing, null));
    }
    values.set((int) index, value);
  }

  @SuppressWarnings("ReferenceEquality") // the very same throwable cannot suppress itself
  private void failed(Throwable cause) {
    if (failure == null) {
      failure = cause;
    } else if (failure != cause) {
      failure.addSuppressed(cause);
    }
  }

  private void stopped(T item, Outcome.Stop why) {
    if (stopped == null) {
      stopped =
          switch (why) {
            case DEADLINE -> new TimeoutException(item + " did not end before the deadline");
            case TOO_HEAVY ->
                new IllegalArgumentException(item + " weighs more than the limiter has");
            case POLICY, CANCELLED, LANES, BROKEN ->
                new CancellationException("cancelled before " + item + " had ended: " + why);
          };
    }
  }

  /// The reason why there are no values; null if there are.
  @Nullable Throwable failure() {
    return failure != null ? failure : stopped;
  }

  @SuppressWarnings("NullAway") // after a run without failure each place holds an R
  List<R> values() {
    return Collections.unmodifiableList(values);
  }
}
