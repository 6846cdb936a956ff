package dev.sluice.local.mapping;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What all mappings of a stack count.
///
/// @param invocations that ended with an answer
/// @param failures that threw
/// @param timeouts that were fenced
/// @param broken why nothing will go on, once nothing will
public record Counters(
    AtomicLong invocations,
    AtomicLong failures,
    AtomicLong timeouts,
    AtomicReference<@Nullable String> broken) {
  /// All zero.
  public static Counters zero() {
    return new Counters(
        new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicReference<>());
  }
}
