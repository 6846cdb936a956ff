package dev.sluice.flow.url;

import java.util.Locale;
import java.util.regex.Pattern;

/// The one way of writing an IPv4 address that all parsers agree on.
final class Ipv4 {
  private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern CANONICAL = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");
  private static final Pattern NUMBER = Pattern.compile("\\d+|0x[0-9a-f]*");

  private Ipv4() {}

  /// Whether it is four decimal numbers up to 255, without leading zeros.
  static boolean isCanonical(String host) {
    return CANONICAL.matcher(host).matches();
  }

  /// Whether a browser would take the host for an address (WHATWG, "ends in a number").
  static boolean endsInNumber(String host) {
    var name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return NUMBER.matcher(name.substring(name.lastIndexOf('.') + 1)).matches();
  }

  /// The four bytes of a canonical address.
  static byte[] bytes(String canonical) {
    var bytes = new byte[4];
    var i = 0;
    for (var part : canonical.split("\\.", -1)) {
      bytes[i++] = (byte) Integer.parseInt(part);
    }
    return bytes;
  }

  static String text(byte[] bytes, int offset) {
    return String.format(
        Locale.ROOT,
        "%d.%d.%d.%d",
        bytes[offset] & 0xff,
        bytes[offset + 1] & 0xff,
        bytes[offset + 2] & 0xff,
        bytes[offset + 3] & 0xff);
  }
}
