package dev.sluice.report;

import dev.sluice.flow.Books;
import dev.sluice.flow.Keys;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/// The report of a job: one file without scripts or external resources. All text in it is ours:
/// codes of outcomes and faults, and the job's name.
final class Html {
  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("dns", "the name could not be resolved"),
          Map.entry("connect", "no connection to the server"),
          Map.entry("tls", "no secure connection, or a certificate that does not hold"),
          Map.entry("timeout", "the server did not answer in time"),
          Map.entry("disconnect", "the server closed the connection before it answered"),
          Map.entry("bad_http", "the answer was no HTTP"),
          Map.entry("too_large", "headers or decompression beyond the limits"),
          Map.entry("redirect_loop", "redirects in a circle, or too many"),
          Map.entry("http", "still 429 or 5xx after the last attempt"),
          Map.entry("gave_up", "the job's deadline came first"),
          Map.entry("lost", "came back from a dead-letter queue"),
          Map.entry("bad_line", "the line is too long or not UTF-8"),
          Map.entry("bad_url", "the line is no URL"),
          Map.entry("scheme", "not http or https"),
          Map.entry("port", "a port that is not allowed"),
          Map.entry("user_info", "a URL with a user or password"),
          Map.entry("address", "a private or special address"),
          Map.entry("name", "a name that means this machine or its network"),
          Map.entry("robots", "robots.txt forbids it, or could not be had"));

  private static final String STYLE =
      """
      :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
      body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
      th, td { padding: .35rem .6rem; border-bottom: 1px solid #8886; text-align: left; }
      .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      tfoot td { font-weight: 600; border-bottom: 0; }
      code { font-size: .9em; }
      """;

  private Html() {}

  static String report(Books books) {
    var counts = books.counts();
    var page = new StringBuilder();
    page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\"><title>Sluice: ")
        .append(books.job())
        .append("</title>\n<style>\n")
        .append(STYLE)
        .append("</style></head><body>\n<h1>")
        .append(books.job())
        .append("</h1>\n<p>")
        .append(number(books.accepted()))
        .append(" lines, each with exactly one row. ")
        .append(
            books.balanced() ? "The books balance." : "<strong>The books do not balance.</strong>")
        .append(time(books))
        .append(' ')
        .append(number(counts.bytes()))
        .append(" bytes were received.</p>\n");
    page.append("<table><thead><tr><th>outcome</th><th class=\"n\">lines</th>")
        .append("<th class=\"n\">share</th></tr></thead><tbody>\n");
    outcome(page, "stored", counts.stored(), books);
    outcome(page, "failed", counts.failed(), books);
    outcome(page, "refused", counts.refused(), books);
    outcome(page, "duplicate", counts.duplicate(), books);
    outcome(page, "pending", books.pending(), books);
    page.append("</tbody><tfoot><tr><td>accepted</td><td class=\"n\">")
        .append(number(books.accepted()))
        .append("</td><td></td></tr></tfoot></table>\n");
    if (!counts.faults().isEmpty()) {
      page.append("<table><thead><tr><th>fault</th><th>what it means</th>")
          .append("<th class=\"n\">lines</th></tr></thead><tbody>\n");
      counts
          .faults()
          .forEach((code, lines) ->
              page.append("<tr><td><code>")
                  .append(code)
                  .append("</code></td><td>")
                  .append(WORDS.getOrDefault(code, ""))
                  .append("</td><td class=\"n\">")
                  .append(number(lines))
                  .append("</td></tr>\n"));
      page.append("</tbody></table>\n");
    }
    return page.append("<p>Rows: <code>")
        .append(Keys.rowsPrefix(books.job()))
        .append("</code>, archive: <code>warc/")
        .append(books.job())
        .append("/</code>, the list as it came: <code>manifests/</code>.</p>\n</body></html>\n")
        .toString();
  }

  private static void outcome(StringBuilder page, String name, long lines, Books books) {
    page.append("<tr><td>")
        .append(name)
        .append("</td><td class=\"n\">")
        .append(number(lines))
        .append("</td><td class=\"n\">")
        .append(
            books.accepted() == 0
                ? ""
                : String.format(Locale.ROOT, "%.1f %%", 100.0 * lines / books.accepted()))
        .append("</td></tr>\n");
  }

  private static String time(Books books) {
    var started = books.started();
    var ended = books.ended();
    if (started == null || ended == null) {
      return "";
    }
    var seconds = Duration.between(started, ended).toMillis() / 1000.0;
    return String.format(Locale.ROOT, " It took %.1f s, until %s.", seconds, ended);
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
