package dev.sluice.fetch;

import java.time.Duration;

/// The log line of `fetch`.
///
/// @param visits lines that ended
/// @param leftOver lines that were left over
/// @param bytes of the archive
/// @param stallMs the longest that code of the round held its thread at a time
record Fetched(FetchResult result, int visits, int leftOver, long bytes, long stallMs) {
  Fetched stalled(Duration longest) {
    return new Fetched(result, visits, leftOver, bytes, longest.toMillis());
  }
}
