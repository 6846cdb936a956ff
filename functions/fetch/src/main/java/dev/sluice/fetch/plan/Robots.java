package dev.sluice.fetch.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import crawlercommons.robots.SimpleRobotRules;
import crawlercommons.robots.SimpleRobotRules.RobotRulesMode;
import crawlercommons.robots.SimpleRobotRulesParser;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.url.WebUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the robots.txt of one origin says to us (RFC 9309).
public sealed interface Robots {
  /// The parser reads no more of it.
  int MAX_BYTES = 512 * 1024;

  /// A URL that it was sent on to and that is longer cannot be remembered, and is not asked.
  int MAX_MOVED_CHARS = 2_000;

  /// What was read counts for so long, and no longer (RFC 9309 section 2.4).
  Duration TIME_TO_LIVE = Duration.ofHours(24);

  /// There is none (4xx), or it is not asked: all is allowed.
  record Open() implements Robots {}

  /// It could not be had for a reason that no waiting changes, so nothing may be asked.
  record Closed(Ending ending) implements Robots {}

  /// It has rules.
  record Rules(SimpleRobotRules rules) implements Robots {}

  /// What robots.txt says.
  ///
  /// @param until it counts; then it is asked again
  record Known(Robots robots, Instant until) {}

  /// Where a robots.txt was sent on to.
  ///
  /// @param redirects followed so far, this one included
  record Moved(String to, int redirects) {}

  /// What `hosts/{bucket}` has of one robots.txt.
  ///
  /// @param until it counts; then robots.txt is asked again
  /// @param delayMillis the crawl-delay; 0 without one
  /// @param rules for us: `+` or `-`, then the path pattern that is allowed or not; null if the
  ///   file has to be asked: it has more of them than are remembered, or was not reached yet
  /// @param moved where to ask it; null under its own name
  record Remembered(
      Instant until, long delayMillis, @Nullable List<String> rules, @Nullable Moved moved) {
    public Remembered {
      rules = rules == null ? null : List.copyOf(rules);
    }

    /// A file that was read.
    static Remembered read(Instant until, long delayMillis, List<String> rules) {
      return new Remembered(until, delayMillis, rules, null);
    }

    /// Bytes of the patterns and of where it is.
    int bytes() {
      var bytes = moved == null ? 0 : moved.to().getBytes(UTF_8).length;
      for (var rule : rules == null ? List.<String>of() : rules) {
        bytes += rule.getBytes(UTF_8).length;
      }
      return bytes;
    }

    /// All but the patterns; empty if that is nothing.
    Optional<Remembered> withoutRules() {
      return delayMillis == 0 && moved == null
          ? Optional.empty()
          : Optional.of(new Remembered(until, delayMillis, null, moved));
    }

    Optional<Known> known() {
      return rules == null ? Optional.empty() : Optional.of(new Known(robots(rules), until));
    }

    private Robots robots(List<String> rules) {
      if (rules.isEmpty() && delayMillis == 0) {
        return new Open();
      }
      var rebuilt = new SimpleRobotRules(RobotRulesMode.ALLOW_SOME);
      for (var rule : rules) {
        rebuilt.addRule(rule.substring(1), rule.startsWith("+"));
      }
      rebuilt.sortRules();
      rebuilt.setCrawlDelay(delayMillis == 0 ? SimpleRobotRules.UNSET_CRAWL_DELAY : delayMillis);
      return new Rules(rebuilt);
    }
  }

  /// The rules in a file.
  ///
  /// @param userAgent the whole field; its first word without a version is our token
  static Robots parse(WebUrl origin, byte[] content, String contentType, String userAgent) {
    var token = userAgent.split("[/ ]", 2)[0].toLowerCase(Locale.ROOT);
    return new Rules(
        new SimpleRobotRulesParser()
            .parseContent(origin.href(), content, contentType, List.of(token)));
  }

  /// What later invocations need not ask again; empty for a closed one, which is asked each time.
  default Optional<Remembered> remembered(Instant until) {
    return switch (this) {
      case Open() -> Optional.of(Remembered.read(until, 0, List.of()));
      case Closed _ -> Optional.empty();
      case Rules(var rules) ->
          Optional.of(Remembered.read(until, crawlDelay().toMillis(), patterns(rules)));
    };
  }

  private static List<String> patterns(SimpleRobotRules rules) {
    if (rules.isAllowNone()) {
      return List.of("-/");
    }
    var patterns = new ArrayList<String>();
    if (!rules.isAllowAll()) {
      for (var rule : rules.getRobotRules()) {
        patterns.add((rule.isAllow() ? "+" : "-") + rule.getPrefix());
      }
    }
    return patterns;
  }

  /// Why the URL may not be asked, if it may not.
  default Optional<Ending> refusal(WebUrl url) {
    return switch (this) {
      case Open() -> Optional.empty();
      case Closed(var ending) -> Optional.of(ending);
      case Rules(var rules) ->
          rules.isAllowed(url.href())
              ? Optional.empty()
              : Optional.of(
                  new Ending.Refused(
                      Fault.Refused.ROBOTS, "robots.txt of " + url.origin() + " forbids it"));
    };
  }

  /// The crawl-delay that it asks for; zero without one, or with a negative or absurd one.
  default Duration crawlDelay() {
    return this instanceof Rules(var rules) && rules.getCrawlDelay() > 0
        ? Duration.ofMillis(Math.min(rules.getCrawlDelay(), Hosts.MAX_DELAY.toMillis()))
        : Duration.ZERO;
  }
}
