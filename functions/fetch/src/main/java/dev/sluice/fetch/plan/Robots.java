package dev.sluice.fetch.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import org.jspecify.annotations.Nullable;

/// The robots.txt of one origin, as far as it is for us (RFC 9309).
public sealed interface Robots {
  /// The parser reads no more of a file.
  int MAX_BYTES = RobotsText.MAX_BYTES;

  /// So many bytes of a file are enough to know that it goes on behind those.
  int ENOUGH_BYTES = MAX_BYTES + 1;

  /// A longer URL that the file was redirected to cannot be remembered, and is not asked.
  int MAX_MOVED_CHARS = 2_000;

  /// Bytes of UTF-8 that are remembered of all files of a host together.
  int MAX_REMEMBERED_BYTES = 4 * 1024;

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

    /// The URL may not be asked, and ends so.
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

  /// The place that a robots.txt was redirected to.
  ///
  /// @param redirects followed so far, this one included
  record Moved(String to, int redirects) {}

  /// The entry of one robots.txt in `hosts/{group}`.
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

    /// A file that has to be asked under its own name.
    static Remembered unread(Instant until, long delayMillis) {
      return new Remembered(until, delayMillis, null, null);
    }

    /// The same file, read.
    Remembered read(List<String> itsRules) {
      return new Remembered(until, delayMillis, itsRules, moved);
    }

    /// The same file, redirected.
    Remembered moved(Moved to) {
      return new Remembered(until, delayMillis, rules, to);
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
    Optional<Remembered> withoutRules() {
      var unread = unread(until, delayMillis);
      if (moved != null) {
        return Optional.of(unread.moved(moved));
      }
      return delayMillis == 0 ? Optional.empty() : Optional.of(unread);
    }

    Optional<Known> known() {
      return rules == null ? Optional.empty() : Optional.of(new Known(robots(rules), until));
    }

    private Robots robots(List<String> lines) {
      return lines.isEmpty() && delayMillis == 0
          ? new AllowAll()
          : new Rules(RobotRules.of(lines), Duration.ofMillis(delayMillis));
    }
  }

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

  /// The entry for later invocations; empty for [AllowNone], which is asked each time.
  default Optional<Remembered> remembered(Instant until) {
    return switch (this) {
      case AllowAll() -> Optional.of(Remembered.unread(until, 0).read(List.of()));
      case AllowNone _ -> Optional.empty();
      case Rules(var rules, var delay) -> {
        var entry = Remembered.unread(until, delay.toMillis());
        yield rules.lines().length() <= MAX_REMEMBERED_BYTES
            ? Optional.of(entry.read(rules.toList()))
            : entry.withoutRules();
      }
    };
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
