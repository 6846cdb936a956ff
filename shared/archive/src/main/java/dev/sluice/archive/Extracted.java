package dev.sluice.archive;

/// What `extract` did with an archive.
///
/// @param outcome `extracted`, or `again` (its rows were there)
public record Extracted(String outcome, int rows, long leftOver) {}
