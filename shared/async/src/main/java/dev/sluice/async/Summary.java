package dev.sluice.async;

import java.time.Duration;
import java.util.List;

/// The counts of a run, by outcome.
///
/// @param pulled inputs that were taken from the iterator, which is the sum of all outcomes
/// @param retried attempts beyond the first of an item
/// @param overdue items whose outcome was delivered and whose work still ran when the run ended; at
///   most as many as the concurrency
/// @param longestStall the longest time that user code held the driver between two readings of the
///   clock: the sink for one item, or iterator, operation and sink for an item whose work ended at
///   once; see [FanOut#onStall]
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
