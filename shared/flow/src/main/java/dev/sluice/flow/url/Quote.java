package dev.sluice.flow.url;

import java.util.Locale;

/// Quotes a stranger's text in a sentence: cut, and without characters that act on a terminal, a
/// log line or the direction of text.
public final class Quote {
  private static final int MAX_CHARS = 200;

  private Quote() {}

  /// The value in double quotes; at most 200 characters of it, the others counted.
  public static String of(String value) {
    var quoted = new StringBuilder("\"");
    var end = Math.min(value.length(), MAX_CHARS);
    if (end < value.length() && Character.isHighSurrogate(value.charAt(end - 1))) {
      end--;
    }
    value.substring(0, end).codePoints().forEach(c -> append(quoted, c));
    quoted.append('"');
    if (end < value.length()) {
      quoted.append(" and ").append(value.length() - end).append(" characters more");
    }
    return quoted.toString();
  }

  private static void append(StringBuilder quoted, int c) {
    if (c == '"' || c == '\\') {
      quoted.append('\\').append((char) c);
    } else if (isPlain(c)) {
      quoted.appendCodePoint(c);
    } else {
      quoted.append(String.format(Locale.ROOT, "\\u{%x}", c));
    }
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
