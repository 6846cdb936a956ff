package dev.sluice.extract;

import dev.sluice.archive.ArchiveReader;
import dev.sluice.archive.ContentCodings;
import dev.sluice.flow.Row;
import dev.sluice.flow.Visit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jspecify.annotations.Nullable;

/// Reads the columns of a row that its page fills: title, links and length of text.
final class PageColumns {
  /// The most decoded bytes of a page that are parsed: a tree of nothing but tags has 40 times as
  /// many.
  private static final int MAX_BYTES = 2 * 1024 * 1024;

  private static final Set<String> HTML = Set.of("text/html", "application/xhtml+xml");

  private static final Set<String> WEB = Set.of("http", "https");

  /// RFC 3986 section 3.1, after the white space that browsers pass over.
  private static final Pattern SCHEME = Pattern.compile("\\s*([A-Za-z][A-Za-z0-9+.-]*):");

  private PageColumns() {}

  /// See [dev.sluice.archive.Extraction.PageReader].
  static Row.@Nullable Page read(FileChannel archive, Visit visit, Row.Place place)
      throws IOException {
    if (visit.contentMimeType() == null || !HTML.contains(visit.contentMimeType())) {
      return null;
    }
    var response = ArchiveReader.response(archive, place).http();
    var codings = ContentCodings.of(response.headers().all("Content-Encoding"));
    return page(decoded(response.body().stream(), codings), visit);
  }

  private static Row.Page page(byte[] bytes, Visit visit) throws IOException {
    var base = visit.urlFinal() == null ? "" : visit.urlFinal();
    var document =
        Jsoup.parse(new ByteArrayInputStream(bytes), charset(visit.contentCharset()), base);
    var baseIsWeb = isWeb(document.baseUri(), false);
    var links =
        document.select("a[href]").stream()
            .filter(link -> isWeb(link.attr("href"), baseIsWeb))
            .count();
    var title = document.title();
    return new Row.Page(
        title.isEmpty() ? null : title, (int) links, document.body().text().length());
  }

  /// Whether a reference is an http or https URL, by its scheme alone: making an absolute URL of
  /// each link was a third of all time spent.
  private static boolean isWeb(String reference, boolean baseIsWeb) {
    var scheme = SCHEME.matcher(reference);
    return scheme.lookingAt() ? WEB.contains(scheme.group(1).toLowerCase(Locale.ROOT)) : baseIsWeb;
  }

  /// A supported charset; null lets the parser look for itself: byte-order mark, `meta`, UTF-8.
  private static @Nullable String charset(@Nullable String named) {
    try {
      return named != null && Charset.isSupported(named) ? named : null;
    } catch (IllegalCharsetNameException | UnsupportedCharsetException strange) {
      return null;
    }
  }

  /// Decodes a body as far as possible: of a page that breaks off, coded or not, the bytes before
  /// are returned.
  private static byte[] decoded(InputStream body, ContentCodings codings) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var in = codings.decode(body)) {
      var buffer = new byte[8 * 1024];
      for (var read = in.read(buffer); read >= 0 && bytes.size() < MAX_BYTES; ) {
        bytes.write(buffer, 0, Math.min(read, MAX_BYTES - bytes.size()));
        read = in.read(buffer);
      }
    } catch (IOException broken) {
      if (bytes.size() == 0) {
        throw broken;
      }
    }
    return bytes.toByteArray();
  }
}
