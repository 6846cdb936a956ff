package dev.sluice.archive;

/// The log line of `extract`.
///
/// @param rows of the archive
/// @param leftOver lines that the archive's task left over
public record Extracted(ExtractResult result, int rows, long leftOver) {}
