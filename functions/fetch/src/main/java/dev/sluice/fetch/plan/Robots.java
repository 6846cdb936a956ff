package dev.sluice.fetch.plan;

import crawlercommons.robots.SimpleRobotRules;
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

/// The robots.txt of one origin, as far as it is for us (RFC 9309).
public sealed interface Robots {
  /// The parser reads no more bytes of a file.
  int MAX_BYTES = RobotsText.MAX_BYTES;

  /// So many bytes of a file are enough to know that it goes on behind those.
  int ENOUGH_BYTES = MAX_BYTES + 1;

  /// A file that was read counts for so long, and no longer (RFC 9309 section 2.4).
  Duration TIME_TO_LIVE = Duration.ofHours(24);

  /// A crawl-delay counts for at most this.
  Duration MAX_CRAWL_DELAY = Duration.ofSeconds(30);

  /// There is no file (4xx), or it is not asked.
  record AllowAll() implements Robots {}

  /// The file could not be had for a reason that no waiting changes.
  record AllowNone(Ending ending) implements Robots {}

  /// The file was read.
  ///
  /// @param crawlDelay that it asks for; zero without one
  record Rules(RobotRules rules, Duration crawlDelay) implements Robots {}

  /// The answer of robots.txt for one URL.
  sealed interface Permission {
    /// Steps of [PathMatch] that it took.
    int steps();

    /// The URL may be asked.
    record Granted(int steps) implements Permission {}

    /// The URL may not be asked; this is its ending.
    record Denied(Ending ending, int steps) implements Permission {}

    /// The steps were not enough.
    record Undecided(int steps) implements Permission {}
  }

  /// A robots.txt that is known.
  ///
  /// @param until it counts; then it is asked again
  record Known(Robots robots, Instant until) {}

  /// The question of one robots.txt whether a URL may be asked.
  record Question(Known known, WebUrl url) {}

  /// The rules in a file. Computes.
  ///
  /// @param content the whole file, or its first [#ENOUGH_BYTES]
  /// @param userAgent the whole field; its first word without a version is our token
  static Robots parse(WebUrl origin, byte[] content, String contentType, String userAgent) {
    var token = userAgent.split("[/ ]", 2)[0].toLowerCase(Locale.ROOT);
    var text = RobotsText.of(content, contentType);
    var parsed =
        new SimpleRobotRulesParser()
            .parseContent(origin.href(), text, "text/plain", List.of(token));
    // An unset one is negative.
    var delay = Math.clamp(parsed.getCrawlDelay(), 0, MAX_CRAWL_DELAY.toMillis());
    return new Rules(RobotRules.of(lines(parsed)), Duration.ofMillis(delay));
  }

  private static List<String> lines(SimpleRobotRules parsed) {
    if (parsed.isAllowNone()) {
      return List.of("-/"); // its crawl-delay is longer than five minutes
    }
    return parsed.getRobotRules().stream()
        .map(rule -> (rule.isAllow() ? "+" : "-") + RobotRules.pattern(rule.getPrefix()))
        .toList();
  }

  /// The answer for a URL. A file and a path that take too many steps deny it. Computes, see
  /// [RobotRules#MAX_STEPS].
  default Permission answer(WebUrl url) {
    var answer = answer(url, RobotRules.MAX_STEPS);
    return answer instanceof Permission.Undecided(var steps)
        ? new Permission.Denied(
            refused(url, " takes more than " + RobotRules.MAX_STEPS + " steps to compare with it"),
            steps)
        : answer;
  }

  /// The ending of a URL that robots.txt denies; see [#answer].
  default Optional<Ending> refusal(WebUrl url) {
    return answer(url) instanceof Permission.Denied(var ending, _)
        ? Optional.of(ending)
        : Optional.empty();
  }

  /// The answers to several questions, in their order. Questions that would begin after
  /// [RobotRules#MAX_STEPS] of all are left out.
  static List<Permission> answers(List<Question> questions) {
    var answers = new ArrayList<Permission>();
    var steps = 0;
    for (var i = 0; i < questions.size() && steps < RobotRules.MAX_STEPS; i++) {
      var answer = questions.get(i).known().robots().answer(questions.get(i).url());
      steps += answer.steps();
      answers.add(answer);
    }
    return answers;
  }

  /// The answer for a URL if few steps are enough, so that the thread of a run may ask.
  default Permission soon(WebUrl url) {
    return answer(url, RobotRules.FEW_STEPS);
  }

  private Permission answer(WebUrl url, int mostSteps) {
    return switch (this) {
      case AllowAll() -> new Permission.Granted(0);
      case AllowNone(var ending) -> new Permission.Denied(ending, 0);
      case Rules(var rules, _) -> {
        var decision = rules.ask(url.pathAndQuery(), mostSteps);
        var steps = decision.steps();
        yield switch (decision.verdict()) {
          case ALLOWED -> new Permission.Granted(steps);
          case FORBIDDEN -> new Permission.Denied(refused(url, " forbids it"), steps);
          case UNDECIDED -> new Permission.Undecided(steps);
        };
      }
    };
  }

  private static Ending refused(WebUrl url, String why) {
    return new Ending.Refused(Fault.Refused.ROBOTS, "robots.txt of " + url.origin() + why);
  }

  /// The crawl-delay that the file asks for, [#MAX_CRAWL_DELAY] at most; zero without one, or with
  /// a negative one.
  default Duration crawlDelay() {
    return this instanceof Rules(_, var delay) ? delay : Duration.ZERO;
  }
}
