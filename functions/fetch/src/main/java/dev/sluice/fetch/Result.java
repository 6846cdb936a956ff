package dev.sluice.fetch;

import dev.sluice.flow.Visit;
import dev.sluice.flow.url.WebUrl;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a fetch came to in this round.
sealed interface Result {
  /// The line has its outcome.
  ///
  /// @param responseId of its final response, if one was kept
  record Ended(Visit visit, @Nullable String responseId, Instant at) implements Result {}

  /// Another round goes on with it.
  ///
  /// @param next to be asked then
  /// @param at not before, as far as this URL alone is concerned
  /// @param noRoom bytes of a body that was read and had no room in the archive; 0 if none was
  record LeftOver(UrlFetch fetch, WebUrl next, Instant at, long noRoom) implements Result {}
}
