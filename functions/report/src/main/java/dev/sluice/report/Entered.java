package dev.sluice.report;

/// The log line of `report`.
///
/// @param accepted lines of the job
/// @param pending lines of the job without a row
record Entered(EntryResult result, long accepted, long pending) {}
