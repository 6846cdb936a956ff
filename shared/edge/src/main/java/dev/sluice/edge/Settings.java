package dev.sluice.edge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Reads the settings of a function from its environment, once, at its start.
///
/// What is missing or wrong is collected, so that one error names all of it.
public final class Settings {
  private final Map<String, String> env;
  private final List<String> wrong = new ArrayList<>();

  private Settings(Map<String, String> env) {
    this.env = env;
  }

  /// Reads with `reader`, which asks for each setting it wants.
  ///
  /// @throws IllegalArgumentException if anything is missing or wrong; names all of it
  public static <S> S read(Map<String, String> env, Function<Settings, S> reader) {
    var settings = new Settings(env);
    S read = null;
    RuntimeException thrown = null;
    try {
      read = reader.apply(settings);
    } catch (RuntimeException failed) {
      thrown = failed;
      if (settings.wrong.isEmpty()) {
        settings.wrong.add(String.valueOf(failed.getMessage()));
      }
    }
    if (!settings.wrong.isEmpty() || read == null) {
      throw new IllegalArgumentException("settings: " + String.join("; ", settings.wrong), thrown);
    }
    return read;
  }

  /// A text that must be there and not blank.
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

  /// What another reader makes of a text; what it throws is collected with its message.
  public <T> T parsed(String name, T instead, Function<String, T> parse) {
    try {
      return parse.apply(textOrEmpty(name));
    } catch (IllegalArgumentException refused) {
      wrong.add(name + ": " + refused.getMessage());
      return instead;
    }
  }
}
