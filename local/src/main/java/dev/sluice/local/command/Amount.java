package dev.sluice.local.command;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations as `500ms`, `5s`, `10m`, `2h` and sizes as `64KB`, `32MB`.
final class Amount {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KB|MB|GB)");

  private Amount() {}

  static final class OfTime implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      var parts = DURATION.matcher(value);
      if (!parts.matches()) {
        throw new TypeConversionException(
            "a duration is a whole number and ms, s, m or h, as 500ms or 5s, got \""
                + value
                + "\"");
      }
      var count = Long.parseLong(parts.group(1));
      return switch (parts.group(2)) {
        case "ms" -> Duration.ofMillis(count);
        case "s" -> Duration.ofSeconds(count);
        case "m" -> Duration.ofMinutes(count);
        default -> Duration.ofHours(count);
      };
    }
  }

  /// Bytes; KB is 1,024.
  static final class OfBytes implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      var parts = SIZE.matcher(value.toUpperCase(Locale.ROOT));
      if (!parts.matches()) {
        throw new TypeConversionException(
            "a size is a whole number and B, KB, MB or GB, as 64KB or 32MB, got \"" + value + "\"");
      }
      var count = Long.parseLong(parts.group(1));
      return switch (parts.group(2)) {
        case "B" -> count;
        case "KB" -> count << 10;
        case "MB" -> count << 20;
        default -> count << 30;
      };
    }
  }
}
