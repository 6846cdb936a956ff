package dev.sluice.async;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Starts the work for one item and returns the stage that is the witness of its end.
///
/// @param <T> the item
/// @param <R> the result of its work; `null` is a result
@FunctionalInterface
public interface AsyncOp<T, R extends @Nullable Object> {
  /// Starts the work; runs on the driver's thread and must not block. The permit comes back when
  /// the returned stage has ended, and not before: a stage that is never completed keeps its
  /// permit.
  ///
  /// @throws Exception counts as a failure of this item
  CompletionStage<R> start(T item, Call call) throws Exception;
}
