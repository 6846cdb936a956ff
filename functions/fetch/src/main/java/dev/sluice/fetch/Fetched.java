package dev.sluice.fetch;

import java.time.Duration;

/// What `fetch` did with a task.
///
/// @param outcome `fetched`, or `again` (its archive was there)
/// @param visits lines that ended
/// @param leftOver lines that were left over
/// @param bytes of the archive
/// @param stallMs the longest that code of the round held its thread at a time
public record Fetched(String outcome, int visits, int leftOver, long bytes, long stallMs) {
  Fetched stalled(Duration longest) {
    return new Fetched(outcome, visits, leftOver, bytes, longest.toMillis());
  }
}
