package dev.sluice.flow.url;

import java.text.Normalizer;
import java.util.Locale;

/// Domain names to A-labels: UTS #46, non-transitional, without tables of its own.
///
/// The mapping is the JDK's NFKC and lower case; its exceptions and differences stand in
/// `docs/adr/0001-url-parser.md`. `java.net.IDN` is IDNA2003: it turns `faß.de` into the domain of
/// someone else. Stricter than the standard: a name is letters, digits, `-` and `_`, has no empty
/// label, keeps the lengths of DNS, and has no joiner but in an A-label.
final class Idna {
  private static final int MAX_LABEL = 63;
  private static final int MAX_NAME = 253;
  private static final String PREFIX = "xn--";

  private Idna() {}

  /// @param domain percent-decoded
  static String toAscii(String domain) throws BadUrl {
    var labels = map(domain).split("\\.", -1);
    var bidi = Bidi.isIn(unicode(labels, domain));
    var ascii = new StringBuilder();
    for (var i = 0; i < labels.length; i++) {
      // One empty label at the end is the root.
      if (i == labels.length - 1 && i > 0 && labels[i].isEmpty()) {
        break;
      }
      ascii.append(label(labels[i], bidi, domain));
      ascii.append(i < labels.length - 1 ? "." : "");
    }
    var rooted = !ascii.isEmpty() && ascii.charAt(ascii.length() - 1) == '.';
    if (ascii.length() > (rooted ? MAX_NAME + 1 : MAX_NAME)) {
      throw new BadUrl("a host must have at most 253 characters, got " + Quote.of(domain));
    }
    return ascii.toString();
  }

  private static String[] unicode(String[] labels, String domain) throws BadUrl {
    var unicode = labels.clone();
    for (var i = 0; i < unicode.length; i++) {
      unicode[i] = unicode(unicode[i], domain);
    }
    return unicode;
  }

  private static String unicode(String label, String domain) throws BadUrl {
    if (!label.startsWith(PREFIX)) {
      return label;
    }
    var decoded = Punycode.decode(label.substring(PREFIX.length()));
    if (decoded == null || isAscii(decoded) || !decoded.equals(mapKeepingJoiners(decoded))) {
      throw new BadUrl("a label xn-- must be the A-label of a name, got " + Quote.of(domain));
    }
    return decoded;
  }

  private static String label(String label, boolean bidi, String domain) throws BadUrl {
    var unicode = unicode(label, domain);
    check(unicode, !label.equals(unicode), domain);
    if (bidi && !Bidi.holds(unicode)) {
      throw new BadUrl(
          "a host must keep the rule of RFC 5893 for text from right to left, got "
              + Quote.of(domain));
    }
    var ascii = isAscii(unicode) ? unicode : PREFIX + Punycode.encode(unicode);
    if (ascii.isEmpty() || ascii.length() > MAX_LABEL) {
      throw new BadUrl(
          "a label of a host must have 1 to 63 characters, got "
              + ascii.length()
              + " in "
              + Quote.of(domain));
    }
    return ascii;
  }

  private static void check(String label, boolean joiners, String domain) throws BadUrl {
    if (!label.isEmpty() && isMark(label.codePointAt(0))) {
      throw new BadUrl("a label must not begin with a combining mark, got " + Quote.of(domain));
    }
    for (var c : label.codePoints().toArray()) {
      if (!(isValid(c) || (joiners && isJoiner(c)))) {
        throw new BadUrl(
            String.format(Locale.ROOT, "a host must not hold U+%04X, got %s", c, Quote.of(domain)));
      }
    }
  }

  private static boolean isValid(int c) {
    if (c < 0x80) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> c != 0xfffd && !isCherokee(c) && !(c >= 0x2ff0 && c <= 0x2fff);
    };
  }

  /// The one script whose lower case is the exception: its folding goes the other way.
  private static boolean isCherokee(int c) {
    return (c >= 0x13a0 && c <= 0x13ff) || (c >= 0xab70 && c <= 0xabbf);
  }

  private static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }

  private static boolean isJoiner(int c) {
    return c == 0x200c || c == 0x200d;
  }

  private static boolean isAscii(String text) {
    for (var i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static String mapKeepingJoiners(String label) {
    var joined = new StringBuilder();
    label.codePoints().filter(c -> !isJoiner(c)).forEach(joined::appendCodePoint);
    return map(joined.toString()).contentEquals(joined) ? label : "";
  }

  /// Maps to lower case, resolves compatibility forms and dots, and drops ignorable characters.
  private static String map(String domain) {
    if (isAscii(domain)) {
      return domain.toLowerCase(Locale.ROOT);
    }
    var mapped = domain;
    for (var before = ""; !before.equals(mapped); ) {
      before = mapped;
      mapped = Normalizer.normalize(lower(mapped), Normalizer.Form.NFKC);
    }
    return mapped;
  }

  private static String lower(String text) {
    var lower = new StringBuilder();
    text.codePoints().filter(c -> !isIgnorable(c)).forEach(c -> lower.append(lower(c)));
    return lower.toString();
  }

  /// Maps one character alone: in context, a capital sigma at the end of a word becomes another
  /// letter.
  private static String lower(int c) {
    if (c == 0x3002 || c == 0xff0e || c == 0xff61) {
      return ".";
    }
    var text = Character.toString(c);
    var plain = Normalizer.normalize(text, Normalizer.Form.NFKC);
    if (c != '.' && (plain.indexOf('.') >= 0 || plain.indexOf(0x3002) >= 0)) {
      return "\ufffd"; // a dot inside of a character ends no label
    }
    if (c == 0x3f9 || (c != 0x3c2 && plain.equals("\u03c2"))) {
      return "\u03c3"; // other forms of the final sigma are a sigma
    }
    // Upper case first finds the other forms of a letter; not for those that UTS #46 tells apart.
    return switch (c) {
      case 0xdf, 0x1e9e, 0x3c2, 0x131 -> text.toLowerCase(Locale.ROOT);
      default -> text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    };
  }

  /// Soft hyphen, combining grapheme joiner, zero-width space, word joiner, byte-order mark,
  /// variation selectors: UTS #46 maps them to nothing.
  private static boolean isIgnorable(int c) {
    return c == 0xad
        || c == 0x34f
        || c == 0x200b
        || c == 0x2060
        || c == 0x2064
        || c == 0xfeff
        || (c >= 0x180b && c <= 0x180f)
        || (c >= 0xfe00 && c <= 0xfe0f)
        || (c >= 0xe0100 && c <= 0xe01ef);
  }
}
