package dev.sluice.flow;

import java.util.regex.Pattern;

/// The name of a job: 1 to 64 of `a-z`, `0-9`, `-` and `_`, beginning with a letter or a digit. So
/// it needs no escaping in a key, a file name, a message group or a path of a URL.
public record JobId(String name) {
  private static final Pattern RULE = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");

  public JobId {
    if (!RULE.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "job must be 1 to 64 of a-z, 0-9, - and _ and begin with a letter or digit, got \""
              + name
              + "\"");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
