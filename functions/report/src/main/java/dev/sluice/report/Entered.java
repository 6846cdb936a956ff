package dev.sluice.report;

/// What `report` did with a tally.
///
/// @param outcome `entered`, or `again` (it was there)
public record Entered(String outcome, long accepted, long pending) {}
