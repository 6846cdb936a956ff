package dev.sluice.async;

import java.time.Duration;

/// What a run did, counted by outcome.
///
/// @param pulled inputs that were taken from the iterator: the sum of all outcomes
/// @param overdue operations whose outcome was delivered and that still ran when the run ended
/// @param longestStall the longest time that iterator, start or sink held the driver
public record Summary(
    long pulled,
    long succeeded,
    long failed,
    long timedOut,
    long cancelled,
    long notStarted,
    int overdue,
    Duration longestStall) {}
