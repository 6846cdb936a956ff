package dev.sluice.async;

import com.google.errorprone.annotations.Immutable;
import com.google.errorprone.annotations.ImmutableTypeParameter;
import org.jspecify.annotations.Nullable;

/// A task that crosses to another thread, and so captures nothing mutable.
///
/// Error Prone checks that in a build that runs it: a lambda that captures a mutable list does not
/// compile.
@Immutable
@FunctionalInterface
public interface SendableTask<@ImmutableTypeParameter T, R extends @Nullable Object> {
  /// Does the work, on a thread of the [Offload].
  ///
  /// @throws Exception completes the stage of the task with it
  R run(T item) throws Exception;
}
