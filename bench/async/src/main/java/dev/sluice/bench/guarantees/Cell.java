package dev.sluice.bench.guarantees;

import com.google.errorprone.annotations.FormatMethod;
import java.time.Duration;
import java.util.Locale;

/// One subject's answer to one question.
sealed interface Cell {
  /// An observation, and whether it keeps the guarantee.
  record Measured(String value, boolean ok) implements Cell {}

  /// The library has no such feature.
  record HasNone(String feature) implements Cell {}

  /// The subject did not end in time.
  record Stuck(Duration after) implements Cell {}

  @FormatMethod
  static Cell of(boolean ok, String format, Object... values) {
    return new Measured(String.format(Locale.ROOT, format, values), ok);
  }

  /// The text of the cell in the table.
  default String text() {
    return switch (this) {
      case Measured(var value, var ok) -> value + (ok ? " · ok" : " · **no**");
      case HasNone(var feature) -> "has none: " + feature;
      case Stuck(var after) -> "not over after " + after.toSeconds() + " s · **no**";
    };
  }

  default boolean isOk() {
    return this instanceof Measured(_, var ok) && ok;
  }
}
