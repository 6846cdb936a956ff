package dev.sluice.edge;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Reads the settings of a function from its environment, once, at its start.
///
/// Missing and wrong settings are collected, so that one error names all of them.
public final class Settings {
  private final Map<String, String> env;
  private final Set<String> wrong = new LinkedHashSet<>();

  Settings(Map<String, String> env) {
    this.env = env;
  }

  /// Reads with `reader`, which asks for each setting that it wants.
  ///
  /// @throws IllegalArgumentException if any setting is missing or wrong; names all of them
  public static <S> S read(Map<String, String> env, Function<Settings, S> reader) {
    return new Settings(env).read(reader);
  }

  <S> S read(Function<Settings, S> reader) {
    S read = null;
    RuntimeException thrown = null;
    try {
      read = reader.apply(this);
    } catch (RuntimeException failed) {
      thrown = failed;
      if (wrong.isEmpty()) {
        wrong.add(String.valueOf(failed.getMessage()));
      }
    }
    if (!wrong.isEmpty() || read == null) {
      throw new IllegalArgumentException("settings: " + String.join("; ", wrong), thrown);
    }
    return read;
  }

  /// A text that must not be missing or blank.
  public String text(String name) {
    var value = env.get(name);
    if (value == null || value.isBlank()) {
      wrong.add(name + " is missing");
      return name;
    }
    return value;
  }

  /// A text that may be missing or empty.
  public String textOrEmpty(String name) {
    return env.getOrDefault(name, "");
  }

  /// A whole number from `least` to `most`.
  public long number(String name, long least, long most) {
    var value = env.get(name);
    if (value == null || value.isBlank()) {
      wrong.add(name + " is missing");
      return least;
    }
    try {
      var number = Long.parseLong(value.strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // said below, with the value
    }
    wrong.add(name + " must be a whole number from " + least + " to " + most + ", got " + value);
    return least;
  }

  /// The same as an `int`.
  public int count(String name, int least, int most) {
    return (int) number(name, least, most);
  }

  /// A duration in milliseconds.
  public Duration millis(String name, long least, long most) {
    return Duration.ofMillis(number(name, least, most));
  }

  /// `true` or `false`.
  public boolean flag(String name) {
    var value = env.getOrDefault(name, "");
    if (!value.equals("true") && !value.equals("false")) {
      wrong.add(name + (value.isEmpty() ? " is missing" : " must be true or false, got " + value));
    }
    return value.equals("true");
  }

  /// A text as another reader parses it. An `IllegalArgumentException` is collected by its message.
  ///
  /// @param instead is returned where the text is wrong
  public <T> T parsed(String name, T instead, Function<String, T> parse) {
    try {
      return parse.apply(textOrEmpty(name));
    } catch (IllegalArgumentException refused) {
      wrong.add(name + ": " + refused.getMessage());
      return instead;
    }
  }
}
