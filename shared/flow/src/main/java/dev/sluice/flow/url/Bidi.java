package dev.sluice.flow.url;

import static java.lang.Character.DIRECTIONALITY_ARABIC_NUMBER;
import static java.lang.Character.DIRECTIONALITY_BOUNDARY_NEUTRAL;
import static java.lang.Character.DIRECTIONALITY_COMMON_NUMBER_SEPARATOR;
import static java.lang.Character.DIRECTIONALITY_EUROPEAN_NUMBER;
import static java.lang.Character.DIRECTIONALITY_EUROPEAN_NUMBER_SEPARATOR;
import static java.lang.Character.DIRECTIONALITY_EUROPEAN_NUMBER_TERMINATOR;
import static java.lang.Character.DIRECTIONALITY_LEFT_TO_RIGHT;
import static java.lang.Character.DIRECTIONALITY_NONSPACING_MARK;
import static java.lang.Character.DIRECTIONALITY_OTHER_NEUTRALS;
import static java.lang.Character.DIRECTIONALITY_RIGHT_TO_LEFT;
import static java.lang.Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;

import java.util.Set;

/// The Bidi rule of RFC 5893, section 2.
final class Bidi {
  private static final byte L = DIRECTIONALITY_LEFT_TO_RIGHT;
  private static final byte R = DIRECTIONALITY_RIGHT_TO_LEFT;
  private static final byte AL = DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  private static final byte AN = DIRECTIONALITY_ARABIC_NUMBER;
  private static final byte EN = DIRECTIONALITY_EUROPEAN_NUMBER;
  private static final byte NSM = DIRECTIONALITY_NONSPACING_MARK;

  private static final Set<Byte> NEUTRAL =
      Set.of(
          EN,
          DIRECTIONALITY_EUROPEAN_NUMBER_SEPARATOR,
          DIRECTIONALITY_COMMON_NUMBER_SEPARATOR,
          DIRECTIONALITY_EUROPEAN_NUMBER_TERMINATOR,
          DIRECTIONALITY_OTHER_NEUTRALS,
          DIRECTIONALITY_BOUNDARY_NEUTRAL,
          NSM);

  private Bidi() {}

  /// Whether a label has text from right to left, so that the rule holds for all of them.
  static boolean isIn(String[] labels) {
    for (var label : labels) {
      for (var i = 0; i < label.length(); i += Character.charCount(label.codePointAt(i))) {
        var d = Character.getDirectionality(label.codePointAt(i));
        if (d == R || d == AL || d == AN) {
          return true;
        }
      }
    }
    return false;
  }

  static boolean holds(String label) {
    if (label.isEmpty()) {
      return true;
    }
    var kinds = new byte[label.codePointCount(0, label.length())];
    var n = 0;
    for (var c : label.codePoints().toArray()) {
      kinds[n++] = Character.getDirectionality(c);
    }
    while (n > 1 && kinds[n - 1] == NSM) {
      n--;
    }
    return switch (kinds[0]) {
      case L -> (kinds[n - 1] == L || kinds[n - 1] == EN) && all(kinds, false);
      case R, AL -> endsRightToLeft(kinds[n - 1]) && all(kinds, true) && !bothNumbers(kinds);
      default -> false;
    };
  }

  private static boolean endsRightToLeft(byte last) {
    return last == R || last == AL || last == EN || last == AN;
  }

  private static boolean all(byte[] kinds, boolean rightToLeft) {
    for (var kind : kinds) {
      var fits = rightToLeft ? kind == R || kind == AL || kind == AN : kind == L;
      if (!fits && !NEUTRAL.contains(kind)) {
        return false;
      }
    }
    return true;
  }

  private static boolean bothNumbers(byte[] kinds) {
    var european = false;
    var arabic = false;
    for (var kind : kinds) {
      european |= kind == EN;
      arabic |= kind == AN;
    }
    return european && arabic;
  }
}
