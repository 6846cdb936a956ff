package dev.sluice.flow.url;

/// Parses the host of a URL to the one form that is resolved, vetted and compared.
final class UrlHost {
  private UrlHost() {}

  static String of(String raw) throws BadUrl {
    if (raw.isEmpty()) {
      throw new BadUrl("a URL must have a host, got none");
    }
    if (raw.startsWith("[")) {
      return ipv6(raw);
    }
    var host = Idna.toAscii(PercentEncoding.decode(raw));
    if (Ipv4.endsInNumber(host) && !Ipv4.isCanonical(host)) {
      throw new BadUrl(
          "a host that ends in a number must be four decimal numbers up to 255 without leading"
              + " zeros, got "
              + Quote.of(raw));
    }
    return host;
  }

  private static String ipv6(String raw) throws BadUrl {
    var bytes = raw.endsWith("]") ? Ipv6.bytes(raw.substring(1, raw.length() - 1)) : null;
    if (bytes == null) {
      throw new BadUrl("a host in brackets must be an IPv6 address, got " + Quote.of(raw));
    }
    return "[" + Ipv6.text(bytes) + "]";
  }
}
