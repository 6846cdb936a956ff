package dev.sluice.split;

/// What `split` did with a message.
///
/// @param outcome `planned`, `again` (its plan was there), `yielded` (held back until the
///   deadline), `dealt` or `early` (leftovers)
/// @param tasks sent
public record Split(String outcome, int tasks) {}
