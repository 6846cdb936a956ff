package dev.sluice.submit;

/// The log line of `start`.
///
/// @param jobs that were started
record Started(int jobs) {}
