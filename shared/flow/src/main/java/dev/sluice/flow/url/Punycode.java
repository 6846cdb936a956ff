package dev.sluice.flow.url;

import org.jspecify.annotations.Nullable;

/// RFC 3492, with its names.
final class Punycode {
  private static final int BASE = 36;
  private static final int T_MIN = 1;
  private static final int T_MAX = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int INITIAL_BIAS = 72;
  private static final int INITIAL_N = 0x80;

  private Punycode() {}

  static String encode(String label) {
    var input = label.codePoints().toArray();
    var output = new StringBuilder();
    label.chars().filter(c -> c < INITIAL_N).forEach(c -> output.append((char) c));
    var basic = output.length();
    if (basic > 0) {
      output.append('-');
    }
    var n = INITIAL_N;
    var delta = 0L;
    var bias = INITIAL_BIAS;
    for (var handled = basic; handled < input.length; n++, delta++) {
      var next = Integer.MAX_VALUE;
      for (var c : input) {
        next = c >= n ? Math.min(next, c) : next;
      }
      delta += (next - n) * (handled + 1L);
      n = next;
      for (var c : input) {
        if (c < n) {
          delta++;
        } else if (c == n) {
          appendNumber(output, delta, bias);
          bias = adapt(delta, ++handled, handled == basic + 1);
          delta = 0;
        }
      }
    }
    return output.toString();
  }

  private static void appendNumber(StringBuilder output, long delta, int bias) {
    var q = delta;
    for (var k = BASE; ; k += BASE) {
      var t = threshold(k, bias);
      if (q < t) {
        output.append(digit((int) q));
        return;
      }
      output.append(digit((int) (t + (q - t) % (BASE - t))));
      q = (q - t) / (BASE - t);
    }
  }

  /// Null if it is no Punycode.
  static @Nullable String decode(String text) {
    var delimiter = text.lastIndexOf('-');
    var output = new StringBuilder(Math.max(0, delimiter) == 0 ? "" : text.substring(0, delimiter));
    var n = (long) INITIAL_N;
    var i = 0L;
    var bias = INITIAL_BIAS;
    var count = output.length();
    for (var at = delimiter > 0 ? delimiter + 1 : 0; at < text.length(); ) {
      var before = i;
      var weight = 1L;
      for (var k = BASE; ; k += BASE) {
        var digit = at < text.length() ? value(text.charAt(at++)) : -1;
        i += digit * weight;
        if (digit < 0 || i > Integer.MAX_VALUE) {
          return null;
        }
        var t = threshold(k, bias);
        if (digit < t) {
          break;
        }
        weight *= BASE - t;
        if (weight > Integer.MAX_VALUE) {
          return null;
        }
      }
      count++;
      bias = adapt(i - before, count, before == 0);
      n += i / count;
      i %= count;
      if (n > Character.MAX_CODE_POINT) {
        return null;
      }
      output.insert(output.offsetByCodePoints(0, (int) i), Character.toString((int) n));
      i++;
    }
    return output.toString();
  }

  private static int adapt(long delta, int points, boolean first) {
    var scaled = first ? delta / DAMP : delta / 2;
    scaled += scaled / points;
    var k = 0;
    for (; scaled > (BASE - T_MIN) * T_MAX / 2; k += BASE) {
      scaled /= BASE - T_MIN;
    }
    return (int) (k + (BASE - T_MIN + 1) * scaled / (scaled + SKEW));
  }

  private static int threshold(int k, int bias) {
    return Math.clamp(k - bias, T_MIN, T_MAX);
  }

  private static char digit(int value) {
    return (char) (value < 26 ? 'a' + value : '0' + value - 26);
  }

  private static int value(char digit) {
    if (digit >= 'a' && digit <= 'z') {
      return digit - 'a';
    }
    return digit >= '0' && digit <= '9' ? digit - '0' + 26 : -1;
  }
}
