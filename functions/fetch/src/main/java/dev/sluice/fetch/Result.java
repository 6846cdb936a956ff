package dev.sluice.fetch;

import dev.sluice.flow.Visit;
import java.time.Instant;
import java.util.Optional;

/// The result of a fetch in this round.
sealed interface Result {
  /// The line has its ending.
  ///
  /// @param responseId of its final response, if one was kept
  record Ended(Visit visit, Optional<String> responseId, Instant at) implements Result {
    Ended(Visit visit, Instant at) {
      this(visit, Optional.empty(), at);
    }
  }

  /// Another round goes on with the fetch.
  ///
  /// @param at not before, as far as this URL alone is concerned
  /// @param noRoom bytes of a body that was read and had no room in the archive; 0 if none was
  record LeftOver(UrlFetch fetch, Instant at, long noRoom) implements Result {
    LeftOver(UrlFetch fetch, Instant at) {
      this(fetch, at, 0);
    }
  }
}
