package dev.sluice.flow.url;

import dev.sluice.flow.Fault;
import java.util.Locale;

/// The states of WHATWG's basic URL parser that an http or https URL can pass through.
final class UrlParser {
  private UrlParser() {}

  static WebUrl absolute(String input) throws BadUrl {
    var text = strip(input);
    var colon = schemeEnd(text);
    if (colon < 0) {
      throw new BadUrl("a URL must begin with a scheme, got " + Quote.of(input));
    }
    return authority(scheme(text, colon), text.substring(colon + 1));
  }

  static WebUrl reference(String input, WebUrl base) throws BadUrl {
    var text = strip(input);
    var colon = schemeEnd(text);
    if (colon < 0) {
      return relative(text, base);
    }
    var scheme = scheme(text, colon);
    var rest = text.substring(colon + 1);
    // "http:path" is relative to a base of the same scheme, a legacy that the standard keeps.
    return scheme.equals(base.scheme()) && !rest.startsWith("//")
        ? relative(rest, base)
        : authority(scheme, rest);
  }

  private static WebUrl relative(String rest, WebUrl base) throws BadUrl {
    if (slashes(rest) >= 2) {
      return authority(base.scheme(), rest);
    }
    if (slashes(rest) == 1) {
      return with(base, UrlPath.of(rest));
    }
    if (rest.isEmpty()) {
      return base;
    }
    var old = base.pathAndQuery();
    var query = old.indexOf('?');
    var path = query < 0 ? old : old.substring(0, query);
    return rest.startsWith("?")
        ? with(base, path + UrlPath.query(rest))
        : with(base, UrlPath.of(path.substring(0, path.lastIndexOf('/') + 1) + rest));
  }

  private static WebUrl authority(String scheme, String rest) throws BadUrl {
    var begin = slashes(rest);
    var end = begin;
    while (end < rest.length() && "/\\?".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    var authority = rest.substring(begin, end);
    if (authority.indexOf('@') >= 0) {
      throw new BadUrl(
          Fault.Refused.USER_INFO,
          "a URL must not carry user info, got it before host "
              + Quote.of(authority.substring(authority.lastIndexOf('@') + 1)));
    }
    var colon = authority.indexOf(':', authority.lastIndexOf(']') + 1);
    var host = UrlHost.of(colon < 0 ? authority : authority.substring(0, colon));
    var port = port(scheme, colon < 0 ? "" : authority.substring(colon + 1));
    return checked(new WebUrl(scheme, host, port, UrlPath.of(rest.substring(end))));
  }

  private static WebUrl with(WebUrl base, String pathAndQuery) throws BadUrl {
    return checked(new WebUrl(base.scheme(), base.host(), base.port(), pathAndQuery));
  }

  private static WebUrl checked(WebUrl url) throws BadUrl {
    var length = url.href().length();
    if (length > WebUrl.MAX_CHARS) {
      throw new BadUrl(
          "a URL must have at most " + WebUrl.MAX_CHARS + " characters, got " + length);
    }
    return url;
  }

  private static int port(String scheme, String digits) throws BadUrl {
    var port = 0;
    for (var i = 0; i < digits.length(); i++) {
      var c = digits.charAt(i);
      port = c < '0' || c > '9' ? 65_536 : Math.min(65_536, port * 10 + c - '0');
    }
    if (port > 65_535) {
      throw new BadUrl("a port must be a number up to 65535, got " + Quote.of(digits));
    }
    return digits.isEmpty() ? WebUrl.defaultPort(scheme) : port;
  }

  private static String scheme(String text, int colon) throws BadUrl {
    var scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new BadUrl(
          Fault.Refused.SCHEME, "the scheme must be http or https, got " + Quote.of(scheme));
    }
    return scheme;
  }

  /// The index of the colon after the scheme, or -1.
  private static int schemeEnd(String text) {
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == ':') {
        return i == 0 ? -1 : i;
      }
      if (!isLetter(c) && (i == 0 || "0123456789+-.".indexOf(c) < 0)) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /// The number of slashes of either kind at the beginning.
  private static int slashes(String text) {
    var count = 0;
    while (count < text.length() && "/\\".indexOf(text.charAt(count)) >= 0) {
      count++;
    }
    return count;
  }

  /// Drops the fragment, controls and spaces around the URL, and tabs and line breaks in it.
  private static String strip(String input) {
    var begin = 0;
    var end = input.length();
    while (begin < end && input.charAt(begin) <= ' ') {
      begin++;
    }
    while (end > begin && input.charAt(end - 1) <= ' ') {
      end--;
    }
    var text = new StringBuilder(end - begin);
    for (var i = begin; i < end; i++) {
      var c = input.charAt(i);
      if (c == '#') {
        break;
      }
      if (c != '\t' && c != '\n' && c != '\r') {
        text.append(c);
      }
    }
    return text.toString();
  }
}
