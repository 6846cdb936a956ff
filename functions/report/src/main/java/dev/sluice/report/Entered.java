package dev.sluice.report;

/// What `report` did with a report task.
///
/// @param outcome `entered`, or `again` (it was there)
public record Entered(String outcome, long accepted, long pending) {}
