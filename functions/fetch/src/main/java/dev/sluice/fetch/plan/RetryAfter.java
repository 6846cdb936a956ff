package dev.sluice.fetch.plan;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// `Retry-After` of RFC 9110 section 10.2.3: seconds, or an HTTP date; at most an hour counts.
public final class RetryAfter {
  private static final Duration MOST = Duration.ofHours(1);

  private RetryAfter() {}

  /// The instant that a field value asks for; empty if it is neither seconds nor a date.
  public static Optional<Instant> of(String value, Instant now) {
    var text = value.strip();
    Instant at;
    if (!text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      at = now.plusSeconds(Long.parseLong(text));
    } else {
      try {
        at = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
      } catch (DateTimeException neither) {
        return Optional.empty();
      }
    }
    var latest = now.plus(MOST);
    return Optional.of(at.isAfter(latest) ? latest : at);
  }
}
