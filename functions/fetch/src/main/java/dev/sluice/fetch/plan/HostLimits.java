package dev.sluice.fetch.plan;

import java.time.Duration;

/// How much of a host's time is ours.
///
/// @param perHost requests at once to one host
/// @param delay between two starts
/// @param backOff the longest that a host is parked for the first time
public record HostLimits(int perHost, Duration delay, Duration backOff) {}
