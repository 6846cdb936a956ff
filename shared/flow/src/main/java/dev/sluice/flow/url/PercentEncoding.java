package dev.sluice.flow.url;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Locale;

/// Percent-encoding and -decoding over UTF-8.
final class PercentEncoding {
  private PercentEncoding() {}

  /// Encodes controls, characters that are not ASCII (a lone surrogate as U+FFFD), and those of
  /// `alsoEncoded`. Text that is encoded already stays.
  static String encode(String text, String alsoEncoded) {
    var encoded = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          if (c > ' ' && c < 0x7f && alsoEncoded.indexOf(c) < 0) {
            encoded.append((char) c);
          } else {
            appendEncoded(encoded, c);
          }
        });
    return encoded.toString();
  }

  private static void appendEncoded(StringBuilder encoded, int c) {
    var scalar = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c;
    for (var b : Character.toString(scalar).getBytes(UTF_8)) {
      encoded.append(String.format(Locale.ROOT, "%%%02X", b));
    }
  }

  /// Decodes each `%` with two hexadecimal digits; bytes that are not UTF-8 become U+FFFD.
  static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    var bytes = text.getBytes(UTF_8);
    var decoded = new ByteArrayOutputStream(bytes.length);
    for (var i = 0; i < bytes.length; i++) {
      if (bytes[i] == '%'
          && i + 2 < bytes.length
          && hex(bytes[i + 1]) >= 0
          && hex(bytes[i + 2]) >= 0) {
        decoded.write(hex(bytes[i + 1]) << 4 | hex(bytes[i + 2]));
        i += 2;
      } else {
        decoded.write(bytes[i]);
      }
    }
    return decoded.toString(UTF_8);
  }

  private static int hex(byte digit) {
    return Character.digit(digit, 16);
  }
}
