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

/// What the robots.txt of one origin says to us (RFC 9309).
public sealed interface Robots {
  /// The parser reads no more of it.
  int MAX_BYTES = 512 * 1024;

  /// What was read counts for so long, and no longer (RFC 9309 section 2.4).
  Duration TIME_TO_LIVE = Duration.ofHours(24);

  /// There is none (4xx), or it is not asked: all is allowed.
  record Open() implements Robots {}

  /// It could not be had for a reason that no waiting changes, so nothing may be asked.
  record Closed(Ending ending) implements Robots {}

  /// It has rules.
  record Rules(SimpleRobotRules rules) implements Robots {}

  /// The rules for us as `hosts/{bucket}` has them.
  ///
  /// @param until they count; then robots.txt is asked again
  /// @param delayMillis the crawl-delay; 0 without one
  /// @param rules `+` or `-`, then the path pattern that is allowed or not
  record Remembered(Instant until, long delayMillis, List<String> rules) {
    public Remembered {
      rules = List.copyOf(rules);
    }

    /// Bytes of the patterns.
    int bytes() {
      return rules.stream().mapToInt(rule -> rule.getBytes(UTF_8).length).sum();
    }

    Robots robots() {
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
      case Open() -> Optional.of(new Remembered(until, 0, List.of()));
      case Closed _ -> Optional.empty();
      case Rules(var rules) ->
          Optional.of(new Remembered(until, crawlDelay().toMillis(), patterns(rules)));
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
