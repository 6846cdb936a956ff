package dev.sluice.flow.url;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A range of addresses: the first `bits` bits of `network`.
@SuppressWarnings("ArrayRecordComponent") // never compared
record Cidr(byte[] network, int bits, String name) {
  /// Reads `address/bits`.
  ///
  /// @throws IllegalArgumentException names the value and the rule that it breaks
  static Cidr parse(String text) {
    var slash = text.indexOf('/');
    var network = address(slash < 0 ? text : text.substring(0, slash));
    var digits = slash < 0 ? "" : text.substring(slash + 1);
    if (network == null || !digits.matches("\\d{1,3}")) {
      throw new IllegalArgumentException(
          "a range must be an IPv4 or IPv6 address, a slash and a number of bits, got "
              + Quote.of(text));
    }
    var bits = Integer.parseInt(digits);
    if (bits > 8 * network.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a range must have at most %d bits, got %s",
              8 * network.length,
              Quote.of(text)));
    }
    var range = new Cidr(network, bits, text);
    if (!range.isZeroBeyondBits()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a range must have no bit set after its first %d, got %s",
              bits,
              Quote.of(text)));
    }
    return range;
  }

  private static byte @Nullable [] address(String text) {
    return Ipv4.isCanonical(text) ? Ipv4.bytes(text) : Ipv6.bytes(text);
  }

  boolean contains(byte[] address) {
    if (address.length != network.length) {
      return false;
    }
    for (var bit = 0; bit < bits; bit++) {
      if (bit(address, bit) != bit(network, bit)) {
        return false;
      }
    }
    return true;
  }

  private boolean isZeroBeyondBits() {
    for (var bit = bits; bit < 8 * network.length; bit++) {
      if (bit(network, bit) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int bit(byte[] bytes, int bit) {
    return bytes[bit / 8] >> (7 - bit % 8) & 1;
  }
}
