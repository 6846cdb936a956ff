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

/// What the robots.txt of one origin says to us (RFC 9309).
public sealed interface Robots {
  /// The parser reads no more of it.
  int MAX_BYTES = 512 * 1024;

  /// So many bytes of it are enough to know that it goes on behind those.
  int ENOUGH_BYTES = MAX_BYTES + 1;

  /// A URL that it was sent on to and that is longer cannot be remembered, and is not asked.
  int MAX_MOVED_CHARS = 2_000;

  /// What was read counts for so long, and no longer (RFC 9309 section 2.4).
  Duration TIME_TO_LIVE = Duration.ofHours(24);

  /// There is none (4xx), or it is not asked: all is allowed.
  record Open() implements Robots {}

  /// It could not be had for a reason that no waiting changes, so nothing may be asked.
  record Closed(Ending ending) implements Robots {}

  /// It was read.
  ///
  /// @param crawlDelay that it asks for; zero without one
  record Rules(RobotRules rules, Duration crawlDelay) implements Robots {}

  /// The answer of robots.txt for one URL.
  ///
  /// @param ending of the URL; null if it may be asked, or that is not known
  /// @param isKnown whether the steps were enough
  /// @param steps that were taken
  record Answer(@Nullable Ending ending, boolean isKnown, int steps) {
    static final Answer ALLOWED = new Answer(null, true, 0);
  }

  /// What robots.txt says.
  ///
  /// @param until it counts; then it is asked again
  record Known(Robots robots, Instant until) {}

  /// The question of one robots.txt whether a URL may be asked.
  record Question(Known known, WebUrl url) {}

  /// Where a robots.txt was sent on to.
  ///
  /// @param redirects followed so far, this one included
  record Moved(String to, int redirects) {}

  /// What `hosts/{group}` has of one robots.txt.
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
      return new Rules(RobotRules.of(rules), Duration.ofMillis(delayMillis));
    }
  }

  /// The rules in a file. Computes.
  ///
  /// @param content as much of it as there is, or its first [#ENOUGH_BYTES]
  /// @param userAgent the whole field; its first word without a version is our token
  static Robots parse(WebUrl origin, byte[] content, String contentType, String userAgent) {
    var token = userAgent.split("[/ ]", 2)[0].toLowerCase(Locale.ROOT);
    var text = RobotsText.of(content, contentType);
    var parsed =
        new SimpleRobotRulesParser()
            .parseContent(origin.href(), text, "text/plain", List.of(token));
    // An unset one is negative.
    var delay = Math.clamp(parsed.getCrawlDelay(), 0, Hosts.MAX_DELAY.toMillis());
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

  /// What later invocations need not ask again; empty for a closed one, which is asked each time.
  default Optional<Remembered> remembered(Instant until) {
    return switch (this) {
      case Open() -> Optional.of(Remembered.read(until, 0, List.of()));
      case Closed _ -> Optional.empty();
      case Rules(var rules, var delay) -> {
        var isShort = rules.lines().length() <= HostMemory.MAX_ROBOTS_BYTES;
        var all = new Remembered(until, delay.toMillis(), isShort ? rules.toList() : null, null);
        yield isShort ? Optional.of(all) : all.withoutRules();
      }
    };
  }

  /// Why the URL may not be asked, if it may not. Computes, see [RobotRules#MAX_STEPS].
  default Optional<Ending> refusal(WebUrl url) {
    return Optional.ofNullable(answer(url).ending());
  }

  /// The same. A file and a path that take too many steps refuse the URL.
  default Answer answer(WebUrl url) {
    var answer = answer(url, RobotRules.MAX_STEPS);
    return answer.isKnown()
        ? answer
        : new Answer(
            refused(url, " takes more than " + RobotRules.MAX_STEPS + " steps to compare with it"),
            true,
            answer.steps());
  }

  /// The same of several, in their order. Those that begin after [RobotRules#MAX_STEPS] of all are
  /// left out.
  static List<Answer> answers(List<Question> questions) {
    var answers = new ArrayList<Answer>();
    var steps = 0;
    for (var i = 0; i < questions.size() && steps < RobotRules.MAX_STEPS; i++) {
      var answer = questions.get(i).known().robots().answer(questions.get(i).url());
      steps += answer.steps();
      answers.add(answer);
    }
    return answers;
  }

  /// The same if few steps are enough, so that the thread of a run may ask.
  default Answer soon(WebUrl url) {
    return answer(url, RobotRules.FEW_STEPS);
  }

  private Answer answer(WebUrl url, int mostSteps) {
    return switch (this) {
      case Open() -> Answer.ALLOWED;
      case Closed(var ending) -> new Answer(ending, true, 0);
      case Rules(var rules, _) -> {
        var asked = rules.ask(url.pathAndQuery(), mostSteps);
        yield switch (asked.verdict()) {
          case ALLOWED -> new Answer(null, true, asked.steps());
          case FORBIDDEN -> new Answer(refused(url, " forbids it"), true, asked.steps());
          case UNDECIDED -> new Answer(null, false, asked.steps());
        };
      }
    };
  }

  private static Ending refused(WebUrl url, String why) {
    return new Ending.Refused(Fault.Refused.ROBOTS, "robots.txt of " + url.origin() + why);
  }

  /// The crawl-delay that it asks for, 30 s at most; zero without one, or with a negative one.
  default Duration crawlDelay() {
    return this instanceof Rules(_, var delay) ? delay : Duration.ZERO;
  }
}
