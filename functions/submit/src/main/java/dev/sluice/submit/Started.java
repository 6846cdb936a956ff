package dev.sluice.submit;

/// What `start` did with a notification.
///
/// @param jobs that were started
public record Started(int jobs) {}
