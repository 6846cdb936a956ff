package dev.sluice.local.mapping;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The counts of all mappings of a stack.
///
/// @param invocations that ended with an answer
/// @param failures that threw
/// @param timeouts that were fenced
/// @param broken why nothing will go on, once nothing will
/// @param listeners that are told of each invocation when it has ended, on its thread
public record Counters(
    AtomicLong invocations,
    AtomicLong failures,
    AtomicLong timeouts,
    AtomicReference<@Nullable String> broken,
    List<Consumer<Invoked>> listeners) {
  /// All zero.
  public static Counters zero() {
    return new Counters(
        new AtomicLong(),
        new AtomicLong(),
        new AtomicLong(),
        new AtomicReference<>(),
        new CopyOnWriteArrayList<>());
  }
}
