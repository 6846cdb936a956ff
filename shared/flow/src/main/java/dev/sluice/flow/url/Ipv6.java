package dev.sluice.flow.url;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// IPv6 addresses as WHATWG reads them (no zone) and writes them (RFC 5952, never dotted).
final class Ipv6 {
  private static final int PIECES = 8;

  private Ipv6() {}

  /// The 16 bytes, or null if it is no address.
  static byte @Nullable [] bytes(String text) {
    var gap = text.indexOf("::");
    var head = pieces(gap < 0 ? text : text.substring(0, gap), gap < 0);
    var tail = gap < 0 ? List.<Integer>of() : pieces(text.substring(gap + 2), true);
    if (head == null || tail == null) {
      return null;
    }
    var given = head.size() + tail.size();
    if (gap < 0 ? given != PIECES : given >= PIECES) {
      return null;
    }
    var bytes = new byte[2 * PIECES];
    for (var i = 0; i < head.size(); i++) {
      put(bytes, i, head.get(i));
    }
    for (var i = 0; i < tail.size(); i++) {
      put(bytes, PIECES - tail.size() + i, tail.get(i));
    }
    return bytes;
  }

  /// The pieces between colons; the last one may be a dotted quad, which counts as two.
  private static @Nullable List<Integer> pieces(String text, boolean endsAddress) {
    var pieces = new ArrayList<Integer>();
    if (text.isEmpty()) {
      return pieces;
    }
    var parts = text.split(":", -1);
    for (var i = 0; i < parts.length; i++) {
      var part = parts[i];
      if (endsAddress && i == parts.length - 1 && Ipv4.isCanonical(part)) {
        var quad = Ipv4.bytes(part);
        pieces.add(piece(quad, 0));
        pieces.add(piece(quad, 1));
      } else if (part.isEmpty() || part.length() > 4 || !part.chars().allMatch(Ipv6::isHex)) {
        return null;
      } else {
        pieces.add(Integer.parseInt(part, 16));
      }
    }
    return pieces;
  }

  private static boolean isHex(int c) {
    return c < 0x80 && Character.digit(c, 16) >= 0;
  }

  private static void put(byte[] bytes, int piece, int value) {
    bytes[2 * piece] = (byte) (value >> 8);
    bytes[2 * piece + 1] = (byte) value;
  }

  /// The longest run of two or more zero pieces, the first of equals, as `::`.
  static String text(byte[] bytes) {
    var begin = -1;
    var length = 1;
    for (var i = 0; i < PIECES; i++) {
      var zeros = zeros(bytes, i);
      if (zeros > length) {
        begin = i;
        length = zeros;
      }
    }
    var text = new StringBuilder();
    for (var i = 0; i < PIECES; i++) {
      if (i == begin) {
        text.append("::");
        i += length - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
        text.append(Integer.toHexString(piece(bytes, i)));
      }
    }
    return text.toString();
  }

  private static int zeros(byte[] bytes, int from) {
    var end = from;
    while (end < PIECES && piece(bytes, end) == 0) {
      end++;
    }
    return end - from;
  }

  private static int piece(byte[] bytes, int i) {
    return (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
  }
}
