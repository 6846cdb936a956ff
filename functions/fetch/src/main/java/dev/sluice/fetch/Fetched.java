package dev.sluice.fetch;

/// What `fetch` did with a task.
///
/// @param outcome `fetched`, or `again` (its archive was there)
/// @param visits lines that ended
/// @param leftOver lines that were left over
/// @param bytes of the archive
public record Fetched(String outcome, int visits, int leftOver, long bytes) {}
