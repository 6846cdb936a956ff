package dev.sluice.async;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How one item of a fan-out ended. Every item that was pulled gets exactly one outcome.
///
/// @param <T> the item
/// @param <R> the result of its work
public sealed interface Outcome<T, R extends @Nullable Object> {
  /// The item that ended so.
  T item();

  /// The stage completed with this value.
  record Success<T, R extends @Nullable Object>(T item, R value) implements Outcome<T, R> {}

  /// The operation threw, or its stage completed with an exception; a `CompletionException` around
  /// it is removed.
  record Failure<T, R extends @Nullable Object>(T item, Throwable cause) implements Outcome<T, R> {}

  /// The item's timeout passed first. Its source was cancelled; whether its work left an effect
  /// elsewhere is not known.
  ///
  /// @param after the timeout that passed
  record TimedOut<T, R extends @Nullable Object>(T item, Duration after) implements Outcome<T, R> {}

  /// The run ended (deadline, failure of a sibling, cancel) while the item's work was under way.
  record Cancelled<T, R extends @Nullable Object>(T item, Stop why) implements Outcome<T, R> {}

  /// The item was never started: it had no effect and may be sent again freely.
  record NotStarted<T, R extends @Nullable Object>(T item, Stop why) implements Outcome<T, R> {}

  /// Why a run stopped before its inputs ended.
  enum Stop {
    /// The deadline less the reserve has come.
    DEADLINE,
    /// The completion policy has enough successes, or too many failures.
    POLICY,
    /// The caller cancelled or interrupted the run, or its [Run] has ended.
    CANCELLED,
    /// The lanes answered [Lanes.Next.Stop].
    LANES,
    /// The sink, the iterator or the lanes threw.
    BROKEN,
    /// The item weighs more than the limiter has in all.
    TOO_HEAVY
  }
}
