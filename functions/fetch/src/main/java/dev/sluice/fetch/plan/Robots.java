package dev.sluice.fetch.plan;

import crawlercommons.robots.SimpleRobotRules;
import crawlercommons.robots.SimpleRobotRulesParser;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.url.WebUrl;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the robots.txt of one origin says to us (RFC 9309).
public sealed interface Robots {
  /// The parser reads no more of it.
  int MAX_BYTES = 512 * 1024;

  /// There is none (4xx), or it is not asked: all is allowed.
  record Open() implements Robots {}

  /// It could not be had, so nothing may be asked.
  record Closed(Ending ending) implements Robots {}

  /// It has rules.
  record Rules(SimpleRobotRules rules) implements Robots {}

  /// The rules in a file.
  ///
  /// @param userAgent the whole field; its first word without a version is our token
  static Robots parse(WebUrl origin, byte[] content, String contentType, String userAgent) {
    var token = userAgent.split("[/ ]", 2)[0].toLowerCase(Locale.ROOT);
    return new Rules(
        new SimpleRobotRulesParser()
            .parseContent(origin.href(), content, contentType, List.of(token)));
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
