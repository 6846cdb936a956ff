package dev.sluice.async;

import com.google.errorprone.annotations.Immutable;
import com.google.errorprone.annotations.ImmutableTypeParameter;
import org.jspecify.annotations.Nullable;

/// Work that crosses to another thread, and so captures nothing that can change.
///
/// Error Prone checks it where it runs: a lambda that captures a mutable list does not compile.
@Immutable
@FunctionalInterface
public interface SendableTask<@ImmutableTypeParameter T, R extends @Nullable Object> {
  /// Runs on a thread of the [Offload].
  ///
  /// @throws Exception completes the stage of the task with it
  R run(T item) throws Exception;
}
