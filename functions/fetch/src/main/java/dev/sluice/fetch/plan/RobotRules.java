package dev.sluice.fetch.plan;

import crawlercommons.robots.SimpleRobotRules;
import java.util.Comparator;
import java.util.List;

/// The rules of one robots.txt that are for us, compared with paths as RFC 9309 says: the rule with
/// the most octets that matches decides, and `Allow` where two have as many (section 2.2.2).
///
/// Rule and path are compared in one form: octets beyond ASCII are percent-encoded, unreserved ones
/// are not, and a reserved one stays as its author wrote it.
///
/// @param lines one for each rule, the longest first: `+` if it allows or `-` if it does not, and
///   its pattern. They are one string because a file of 512 KB has up to 40,000 rules, and a task
///   has 100 hosts
record RobotRules(String lines) {
  /// The steps of [PathMatch] that one question may take: about 6 ms, and 50 ms when the code is
  /// not compiled yet. They are enough for all rules that a file can have and a path of 500
  /// characters, unless the rules repeat pieces of the path. A host with such rules could as well
  /// forbid the path.
  static final int MAX_STEPS = 2_000_000;

  /// The steps that the thread of a run may take between two other things: less than 0.1 ms, and
  /// enough for nearly all files.
  static final int FEW_STEPS = 20_000;

  private static final Comparator<String> LONGEST_FIRST =
      Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder());

  private static final boolean[] SPECIAL = new boolean[128];

  static {
    SPECIAL['*'] = true;
    SPECIAL['$'] = true;
  }

  /// The verdict of the rules on one path.
  enum Verdict {
    ALLOWED,
    FORBIDDEN,

    /// More steps are needed.
    UNDECIDED
  }

  /// A verdict, and the steps that it took.
  record Decision(Verdict verdict, int steps) {}

  /// @param rules in any order, each as a line; patterns in the form of [#pattern]
  static RobotRules of(List<String> rules) {
    return new RobotRules(String.join("\n", rules.stream().sorted(LONGEST_FIRST).toList()));
  }

  /// A pattern as the parser gives it, in the form that is compared: `$` is special at the end
  /// alone, and every other one is encoded, as it is in the path.
  static String pattern(String parsed) {
    var end = parsed.length() - 1;
    return parsed.indexOf('$') < end
        ? parsed.substring(0, end).replace("$", "%24") + parsed.charAt(end)
        : parsed;
  }

  /// Each rule as a line.
  List<String> toList() {
    return lines.lines().toList();
  }

  /// Finds the rule that decides for a path. Computes.
  ///
  /// @param pathAndQuery as it is sent
  /// @param mostSteps after which it gives up
  Decision ask(String pathAndQuery, int mostSteps) {
    var path = SimpleRobotRules.escapePath(pathAndQuery, SPECIAL);
    if (path.equals("/robots.txt")) {
      return new Decision(Verdict.ALLOWED, 0);
    }
    var match = new PathMatch(lines, path, mostSteps);
    for (var from = 0; from < lines.length(); ) {
      var end = lines.indexOf('\n', from);
      var to = end < 0 ? lines.length() : end;
      var matches = match.matches(from + 1, to);
      if (match.gaveUp()) {
        return new Decision(Verdict.UNDECIDED, match.steps());
      }
      if (matches) {
        return new Decision(
            lines.charAt(from) == '+' ? Verdict.ALLOWED : Verdict.FORBIDDEN, match.steps());
      }
      from = to + 1;
    }
    return new Decision(Verdict.ALLOWED, match.steps());
  }
}
