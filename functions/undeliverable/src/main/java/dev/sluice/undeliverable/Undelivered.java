package dev.sluice.undeliverable;

/// The log line of `undeliverable`.
///
/// @param detail the deduplication id of the message, or the key where it is kept
record Undelivered(DeadLetterEnd result, String detail) {}
