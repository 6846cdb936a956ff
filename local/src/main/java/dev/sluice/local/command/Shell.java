package dev.sluice.local.command;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Words as a POSIX shell takes them.
final class Shell {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private Shell() {}

  /// A line that is read as exactly these words.
  static String line(List<String> words) {
    return words.stream().map(Shell::word).collect(Collectors.joining(" "));
  }

  private static String word(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
