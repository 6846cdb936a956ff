package dev.sluice.async;

import java.time.Duration;
import java.util.List;

/// What a run did, counted by outcome.
///
/// @param pulled inputs that were taken from the iterator: the sum of all outcomes
/// @param retried attempts beyond the first of an item
/// @param overdue items whose outcome was delivered and whose work still ran when the run ended; at
///   most as many as the concurrency
/// @param longestStall the longest that the driver was held between two looks at the clock: by the
///   sink for one item, or by iterator, start and sink for one whose work ended at once; see
///   [FanOut#onStall]
public record Summary(
    long pulled,
    long succeeded,
    long failed,
    long timedOut,
    long cancelled,
    long notStarted,
    long retried,
    List<?> overdue,
    Duration longestStall) {}
