package dev.sluice.report;

import dev.sluice.flow.Books;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Keys;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;

/// The report of a job: one file without scripts or external resources. All text in it is ours,
/// such as codes of endings and faults and the job's name, but for the reason why a list could not
/// be read.
final class Html {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
      body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
      th, td { padding: .35rem .6rem; border-bottom: 1px solid #8886; text-align: left; }
      .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      tfoot td { font-weight: 600; border-bottom: 0; }
      code { font-size: .9em; }
      time { white-space: nowrap; }
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
        .append(" bytes were received.</p>\n")
        .append(
            books.unread() == null
                ? ""
                : "<p><strong>The list could not be read to its end:</strong> "
                    + escaped(books.unread())
                    + ". What lies beyond is not in these numbers.</p>\n")
        .append(held(books))
        .append("<p>")
        .append(
            books.exact()
                ? "Each URL was compared with all lines before it to find duplicates."
                : "Duplicates were found among the first 2,000,000 distinct URLs, and beyond them"
                    + " only within the same part of the list.")
        .append("</p>\n");
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
    faults(page, counts.faults());
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

  private static void faults(StringBuilder page, Map<String, Long> faults) {
    if (faults.isEmpty()) {
      return;
    }
    page.append("<table><thead><tr><th>outcome</th><th>fault</th><th>what it means</th>")
        .append("<th class=\"n\">lines</th></tr></thead><tbody>\n");
    var all = faults.keySet().stream().map(Fault::of).toList();
    all.stream().filter(Fault.Failed.class::isInstance).forEach(it -> fault(page, it, faults));
    all.stream().filter(Fault.Refused.class::isInstance).forEach(it -> fault(page, it, faults));
    page.append("</tbody></table>\n");
  }

  private static void fault(StringBuilder page, Fault fault, Map<String, Long> faults) {
    page.append("<tr><td>")
        .append(fault instanceof Fault.Failed ? "failed" : "refused")
        .append("</td><td><code>")
        .append(fault.code())
        .append("</code></td><td>")
        .append(words(fault))
        .append("</td><td class=\"n\">")
        .append(number(faults.getOrDefault(fault.code(), 0L)))
        .append("</td></tr>\n");
  }

  private static String words(Fault fault) {
    return switch (fault) {
      case Fault.Failed failed ->
          switch (failed) {
            case DNS -> "the name could not be resolved";
            case CONNECT -> "no connection to the server";
            case TLS -> "no secure connection, or a certificate that does not hold";
            case TIMEOUT -> "the server did not answer in time";
            case DISCONNECT -> "the server closed the connection before it answered";
            case BAD_HTTP -> "the answer was no HTTP";
            case TOO_LARGE -> "headers or decompression beyond the limits";
            case REDIRECT_LOOP -> "redirects in a circle, or too many";
            case HTTP -> "still 429 or 5xx after the last attempt";
            case GAVE_UP -> "the job's deadline came first";
            case LOST -> "came back from a dead-letter queue";
          };
      case Fault.Refused refused ->
          switch (refused) {
            case BAD_LINE -> "the line is too long or not UTF-8";
            case BAD_URL -> "the line is no URL";
            case SCHEME -> "not http or https";
            case PORT -> "a port that is not allowed";
            case USER_INFO -> "a URL with a user or password";
            case ADDRESS -> "a private or special address";
            case NAME -> "a name that means this machine or its network";
            case ROBOTS -> "robots.txt forbids it, or could not be had";
          };
    };
  }

  private static String time(Books books) {
    var started = books.started();
    var ended = books.ended();
    if (started == null || ended == null) {
      return "";
    }
    var seconds = Duration.between(started, ended).toMillis() / 1000.0;
    return String.format(Locale.ROOT, " It took %,.1f s, until %s.", seconds, second(ended));
  }

  private static String held(Books books) {
    var hold = books.hold();
    return hold == null
        ? ""
        : String.format(
            Locale.ROOT,
            "<p>Split was held back for %,.1f s between %s and %s, while fetch and extract had enough to do.</p>%n",
            hold.millis() / 1000.0,
            second(hold.since()),
            second(hold.until()));
  }

  /// An instant in which no line is broken.
  private static String second(Instant instant) {
    return "<time>" + instant.truncatedTo(ChronoUnit.SECONDS) + "</time>";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
