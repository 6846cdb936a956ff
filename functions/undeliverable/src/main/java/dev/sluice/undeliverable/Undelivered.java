package dev.sluice.undeliverable;

/// What was done with a dead letter.
///
/// @param outcome `fed_again`, `singled_out`, `lost`, `gave_up`, `extracted`, `rebuild`, or `kept`
/// @param detail the job and task, or the key where it is kept
public record Undelivered(String outcome, String detail) {}
