package dev.sluice.flow.url;

/// An http or https URL, parsed as WHATWG says, without a fragment and without user info.
///
/// @param scheme `http` or `https`
/// @param host lower-case ASCII name (A-labels), canonical dotted quad, or IPv6 in brackets
/// @param port the scheme's own where none was given
/// @param pathAndQuery begins with `/`
public record WebUrl(String scheme, String host, int port, String pathAndQuery) {
  /// As it is sent, stored and compared: the scheme's own port left out.
  public String href() {
    return scheme + "://" + authority() + pathAndQuery;
  }

  /// Host, and port if it is not the scheme's own: what `Host` says, and what politeness counts.
  public String authority() {
    return port == (scheme.equals("https") ? 443 : 80) ? host : host + ":" + port;
  }

  /// Scheme and authority: what a robots.txt holds for.
  public String origin() {
    return scheme + "://" + authority();
  }

  @Override
  public String toString() {
    return href();
  }
}
