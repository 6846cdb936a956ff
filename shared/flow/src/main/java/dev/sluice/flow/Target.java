package dev.sluice.flow;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A URL to fetch, and its state so far.
///
/// @param line its number in the manifest, counted from 1
/// @param url as it is to be fetched first: parsed, without a fragment
/// @param listed as it stands in the manifest
/// @param attempts requests that were really sent and whose answers did not count
/// @param redirects the URLs that it was redirected to so far; the last one is asked next
/// @param deferrals how often in a row its host was parked or could not be reached
/// @param retries its share of the rest of the job's retry budget; [#NOT_SHARED] before its first
///   round
/// @param allowedUntil until when robots.txt allows the URL that is asked next; null if robots.txt
///   was not asked
public record Target(
    long line,
    String url,
    String listed,
    int attempts,
    List<String> redirects,
    int deferrals,
    int retries,
    @Nullable Instant allowedUntil) {
  /// The value of `retries` before a round has shared out the budget.
  public static final int NOT_SHARED = -1;

  public Target {
    Rule.atLeast("line", 1, line);
    Rule.atLeast("attempts", 0, attempts);
    Rule.atLeast("deferrals", 0, deferrals);
    Rule.atLeast("retries", NOT_SHARED, retries);
    redirects = List.copyOf(redirects);
  }

  /// A URL that was never asked.
  public static Target first(long line, String url, String listed) {
    return new Target(line, url, listed, 0, List.of(), 0, NOT_SHARED, null);
  }

  /// The URL to ask next.
  public String next() {
    return redirects.isEmpty() ? url : redirects.getLast();
  }
}
