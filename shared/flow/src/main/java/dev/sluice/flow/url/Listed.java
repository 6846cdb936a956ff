package dev.sluice.flow.url;

import java.util.Arrays;
import java.util.List;

/// The values of a comma-separated setting, without white space and blanks.
final class Listed {
  private Listed() {}

  static List<String> of(String values) {
    return Arrays.stream(values.split(",", -1))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }
}
