package dev.sluice.flow;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The visit of one line: all columns of its row that are known before the archive is read back.
///
/// @param line its number in the manifest, counted from 1
/// @param url as it stands in the manifest; bytes that are not UTF-8 as U+FFFD
/// @param attempts requests that were really sent for it; the hop of a redirect is none
/// @param urlFinal of the last response, or the last URL that was asked
/// @param redirects URLs of the redirects that were followed, in order
/// @param fetchTime when the last exchange began
/// @param fetchStatus of the last final response
/// @param ip that was connected to
/// @param bytesWire received for the last exchange, head and body as sent
/// @param bytesBody of its body, content codings taken off
/// @param contentMimeType from the response's head, without parameters
/// @param contentCharset from the response's head
/// @param contentDigest `sha1:` and base 32, of the body as archived (WARC-Payload-Digest)
/// @param contentTruncated `length`, `time` or `disconnect` (WARC-Truncated)
public record Visit(
    long line,
    String url,
    Ending ending,
    int attempts,
    @Nullable String urlFinal,
    List<String> redirects,
    @Nullable Instant fetchTime,
    @Nullable Integer fetchStatus,
    @Nullable String ip,
    Took took,
    long bytesWire,
    long bytesBody,
    @Nullable String contentMimeType,
    @Nullable String contentCharset,
    @Nullable String contentDigest,
    @Nullable String contentTruncated) {
  public Visit {
    Rule.atLeast("line", 1, line);
    Rule.atLeast("attempts", 0, attempts);
    redirects = List.copyOf(redirects);
  }

  /// The visit of a line that is not asked for any more.
  public static Visit unanswered(Target target, Ending ending) {
    return withoutExchange(
        target.line(),
        target.listed(),
        ending,
        target.attempts(),
        target.next(),
        target.redirects());
  }

  /// The visit of a line that was never asked for.
  public static Visit never(long line, String url, Ending ending) {
    return withoutExchange(line, url, ending, 0, null, List.of());
  }

  private static Visit withoutExchange(
      long line,
      String url,
      Ending ending,
      int attempts,
      @Nullable String urlFinal,
      List<String> redirects) {
    return new Visit(
        line,
        url,
        ending,
        attempts,
        urlFinal,
        redirects,
        null,
        null,
        null,
        Took.NOTHING,
        0,
        0,
        null,
        null,
        null,
        null);
  }
}
