package dev.sluice.flow.url;

/// An http or https URL, parsed as WHATWG says, without a fragment and without user info.
///
/// Differences from the standard are refusals only (`docs/adr/0001-url-parser.md`): a browser would
/// ask for every URL that is parsed.
///
/// @param scheme `http` or `https`
/// @param host lower-case ASCII name (A-labels), canonical dotted quad, or IPv6 in brackets
/// @param port the scheme's own where none was given
/// @param pathAndQuery begins with `/`
public record WebUrl(String scheme, String host, int port, String pathAndQuery) implements Parsed {
  /// No URL is longer, in characters of [#href()].
  public static final int MAX_CHARS = 32 * 1024;

  public WebUrl {
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("scheme must be http or https, got \"" + scheme + "\"");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 to 65535, got " + port);
    }
    if (!pathAndQuery.startsWith("/")) {
      throw new IllegalArgumentException("path must begin with /, got \"" + pathAndQuery + "\"");
    }
  }

  /// Reads an absolute URL. White space around it, and tabs and line breaks in it, are not part of
  /// it; its fragment is dropped.
  public static Parsed parse(String url) {
    try {
      return UrlParser.absolute(url);
    } catch (BadUrl bad) {
      return bad.refusal();
    }
  }

  /// Reads a reference as it stands in `Location`, seen from this URL.
  public Parsed resolve(String reference) {
    try {
      return UrlParser.reference(reference, this);
    } catch (BadUrl bad) {
      return bad.refusal();
    }
  }

  /// The URL as it is sent, stored and compared, without the scheme's own port.
  public String href() {
    return scheme + "://" + authority() + pathAndQuery;
  }

  /// The host, and the port if it is not the scheme's own: the value of the field `Host`, and the
  /// unit of politeness.
  public String authority() {
    return port == defaultPort(scheme) ? host : host + ":" + port;
  }

  /// Scheme and authority: the scope of a robots.txt.
  public String origin() {
    return scheme + "://" + authority();
  }

  /// Whether the host is an address, and no name.
  public boolean hasAddress() {
    return host.startsWith("[") || Ipv4.isCanonical(host);
  }

  static int defaultPort(String scheme) {
    return scheme.equals("https") ? 443 : 80;
  }

  @Override
  public String toString() {
    return href();
  }
}
