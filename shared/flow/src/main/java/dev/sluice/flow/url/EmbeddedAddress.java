package dev.sluice.flow.url;

import java.util.Arrays;
import java.util.List;

/// The IPv4 addresses that an IPv6 address stands for: a relay would carry the packet there.
final class EmbeddedAddress {
  private static final List<Cidr> IN_LAST_FOUR_BYTES =
      List.of(
          Cidr.parse("::/96"),
          Cidr.parse("::ffff:0:0/96"),
          Cidr.parse("64:ff9b::/96"),
          Cidr.parse("64:ff9b:1::/48"));
  private static final Cidr SIX_TO_FOUR = Cidr.parse("2002::/16");
  private static final Cidr TEREDO = Cidr.parse("2001::/32");

  private EmbeddedAddress() {}

  static List<byte[]> in(byte[] address) {
    if (address.length == 4) {
      return List.of();
    }
    if (SIX_TO_FOUR.contains(address)) {
      return List.of(Arrays.copyOfRange(address, 2, 6));
    }
    if (TEREDO.contains(address)) {
      return List.of(Arrays.copyOfRange(address, 4, 8), inverted(lastFour(address)));
    }
    return isIsatap(address) || IN_LAST_FOUR_BYTES.stream().anyMatch(r -> r.contains(address))
        ? List.of(lastFour(address))
        : List.of();
  }

  /// RFC 5214, section 6.1: the interface identifier begins with 0000:5EFE or 0200:5EFE.
  private static boolean isIsatap(byte[] address) {
    return (address[8] & ~0x02) == 0
        && address[9] == 0
        && address[10] == 0x5e
        && address[11] == (byte) 0xfe;
  }

  private static byte[] lastFour(byte[] address) {
    return Arrays.copyOfRange(address, 12, 16);
  }

  private static byte[] inverted(byte[] bytes) {
    for (var i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ~bytes[i];
    }
    return bytes;
  }
}
