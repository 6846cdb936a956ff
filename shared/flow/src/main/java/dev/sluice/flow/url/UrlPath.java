package dev.sluice.flow.url;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Path and query of a special URL, percent-encoded as WHATWG says; dot segments taken out.
final class UrlPath {
  private static final String IN_PATH = " \"<>`{}^";
  private static final String IN_QUERY = " \"<>'";

  private UrlPath() {}

  /// Parses the rest of a URL after its authority: empty, a path, a query, or both.
  static String of(String rest) {
    var mark = rest.indexOf('?');
    return mark < 0 ? path(rest) : path(rest.substring(0, mark)) + query(rest.substring(mark));
  }

  /// @param query with its question mark
  static String query(String query) {
    return PercentEncoding.encode(query, IN_QUERY);
  }

  private static String path(String raw) {
    var text = raw.replace('\\', '/');
    var kept = new ArrayList<String>();
    var begin = text.startsWith("/") ? 1 : 0;
    while (true) {
      var slash = text.indexOf('/', begin);
      var last = slash < 0;
      step(kept, text.substring(begin, last ? text.length() : slash), last);
      if (last) {
        return "/" + String.join("/", kept);
      }
      begin = slash + 1;
    }
  }

  private static void step(List<String> kept, String segment, boolean last) {
    var dots = dots(segment);
    if (dots == 2 && !kept.isEmpty()) {
      kept.removeLast();
    }
    if (dots == 0) {
      kept.add(PercentEncoding.encode(segment, IN_PATH));
    } else if (last) {
      kept.add("");
    }
  }

  /// 1 for `.` and 2 for `..`, percent-encoded or not; else 0.
  private static int dots(String segment) {
    if (segment.isEmpty() || segment.length() > 6) {
      return 0;
    }
    return switch (segment.toLowerCase(Locale.ROOT).replace("%2e", ".")) {
      case "." -> 1;
      case ".." -> 2;
      default -> 0;
    };
  }
}
