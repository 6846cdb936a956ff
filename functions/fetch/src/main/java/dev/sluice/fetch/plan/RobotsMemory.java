package dev.sluice.fetch.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The entry of one robots.txt in `hosts/{group}`.
///
/// @param until it counts; then robots.txt is asked again
/// @param delayMillis the crawl-delay; 0 without one
/// @param rules for us: `+` or `-`, then the path pattern that is allowed or not; null if the file
///   has to be asked: it has more of them than are remembered, or was not reached yet
/// @param moved where to ask it; null under its own name
public record RobotsMemory(
    Instant until, long delayMillis, @Nullable List<String> rules, @Nullable Moved moved) {
  /// A longer URL that the file was redirected to cannot be remembered, and is not asked.
  public static final int MAX_MOVED_CHARS = 2_000;

  /// Bytes of UTF-8 that are remembered of all files of a host together.
  static final int MAX_BYTES = 4 * 1024;

  /// The place that a robots.txt was redirected to.
  ///
  /// @param redirects followed so far, this one included
  public record Moved(String to, int redirects) {}

  public RobotsMemory {
    rules = rules == null ? null : List.copyOf(rules);
  }

  /// A file that was read, without its rules if they are many; empty for one that allows nothing,
  /// which is asked each time.
  static Optional<RobotsMemory> of(Robots.Known known) {
    return switch (known.robots()) {
      case Robots.AllowAll() -> Optional.of(unread(known.until(), 0).read(List.of()));
      case Robots.AllowNone _ -> Optional.empty();
      case Robots.Rules(var rules, var delay) -> {
        var unread = unread(known.until(), delay.toMillis());
        yield rules.lines().length() <= MAX_BYTES
            ? Optional.of(unread.read(rules.toList()))
            : unread.withoutRules();
      }
    };
  }

  /// A file that has to be asked under its own name.
  static RobotsMemory unread(Instant until, long delayMillis) {
    return new RobotsMemory(until, delayMillis, null, null);
  }

  /// The same file, read.
  RobotsMemory read(List<String> itsRules) {
    return new RobotsMemory(until, delayMillis, itsRules, moved);
  }

  /// The same file, redirected.
  RobotsMemory moved(Moved to) {
    return new RobotsMemory(until, delayMillis, rules, to);
  }

  /// Bytes of the patterns and of the place.
  int bytes() {
    var bytes = moved == null ? 0 : moved.to().getBytes(UTF_8).length;
    for (var rule : rules == null ? List.<String>of() : rules) {
      bytes += rule.getBytes(UTF_8).length;
    }
    return bytes;
  }

  /// The same without the patterns; empty if nothing else is remembered.
  Optional<RobotsMemory> withoutRules() {
    var unread = unread(until, delayMillis);
    if (moved != null) {
      return Optional.of(unread.moved(moved));
    }
    return delayMillis == 0 ? Optional.empty() : Optional.of(unread);
  }

  /// The robots.txt itself; empty if it has to be asked.
  Optional<Robots.Known> known() {
    return rules == null ? Optional.empty() : Optional.of(new Robots.Known(robots(rules), until));
  }

  private Robots robots(List<String> lines) {
    return lines.isEmpty() && delayMillis == 0
        ? new Robots.AllowAll()
        : new Robots.Rules(RobotRules.of(lines), Duration.ofMillis(delayMillis));
  }
}
