package dev.sluice.local.command;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations as `500ms`, `5s`, `10m`, `2h` and sizes as `64KB`, `32MB`.
final class Amount {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KB|MB|GB)");

  private Amount() {}

  /// A duration as it is typed, in one unit or more: `500ms`, `20s`, `1m30s`.
  static String text(Duration duration) {
    if (duration.toMillisPart() > 0) {
      return duration.toMillis() + "ms";
    }
    if (duration.isZero()) {
      return "0s";
    }
    var text = new StringBuilder();
    if (duration.toHours() > 0) {
      text.append(duration.toHours()).append('h');
    }
    if (duration.toMinutesPart() > 0) {
      text.append(duration.toMinutesPart()).append('m');
    }
    if (duration.toSecondsPart() > 0) {
      text.append(duration.toSecondsPart()).append('s');
    }
    return text.toString();
  }

  /// A size as it is typed, if it is a whole number of a unit: `64KB`, `32MB`, `1B`.
  static String size(long bytes) {
    var units = List.of("B", "KB", "MB", "GB");
    var unit = 0;
    var count = bytes;
    while (unit < 3 && count > 0 && count % 1_024 == 0) {
      count /= 1_024;
      unit++;
    }
    return count + units.get(unit);
  }

  /// Bytes to be read by a person, in three digits: `1.2 MB`.
  static String ofBytes(long bytes) {
    var units = List.of("B", "KB", "MB", "GB", "TB");
    var unit = 0;
    double count = bytes;
    while (unit < 4 && count >= 999.5) {
      count /= 1_024;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit > 0 && count < 9.95 ? "%.1f %s" : "%.0f %s", count, units.get(unit));
  }

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
