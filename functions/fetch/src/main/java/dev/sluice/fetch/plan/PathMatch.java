package dev.sluice.fetch.plan;

/// Compares one path with one pattern after the other (RFC 9309 section 2.2.3), and counts.
///
/// Greedy from the left: the literal before the first `*` stands at the beginning of the path, each
/// one after it as early as it can, and the one before `$` at the end of the path. So no place is
/// tried twice, and a pattern takes at most its length times that of the path. Nothing is allocated
/// and nothing recurses. Belongs to one thread.
///
/// A step is a comparison of two characters, or a jump over [#JUMP] characters of the path: the JVM
/// finds the first character of a literal that much faster.
final class PathMatch {
  private static final int JUMP = 16;

  private final String patterns;
  private final String path;
  private final int mostSteps;
  private int steps;

  /// @param patterns one after the other; [#matches] is given the place of one
  /// @param mostSteps after which it gives up
  PathMatch(String patterns, String path, int mostSteps) {
    this.patterns = patterns;
    this.path = path;
    this.mostSteps = mostSteps;
  }

  /// The steps taken so far, by all patterns.
  int steps() {
    return steps;
  }

  /// Tells whether there were too few steps; then the last answer of [#matches] means nothing.
  boolean gaveUp() {
    return steps > mostSteps;
  }

  /// Compares the path with one pattern: the path must begin as the pattern says, and end with it
  /// where the pattern ends with `$`.
  boolean matches(int from, int to) {
    steps++;
    var isAnchored = to > from && patterns.charAt(to - 1) == '$';
    var end = isAnchored ? to - 1 : to;
    var star = patterns.indexOf('*', from, end);
    if (star < 0) {
      return (!isAnchored || end - from == path.length()) && isAt(0, from, end);
    }
    if (!isAt(0, from, star)) {
      return false;
    }
    var at = star - from;
    for (var next = patterns.indexOf('*', star + 1, end);
        next >= 0;
        next = patterns.indexOf('*', star + 1, end)) {
      var found = find(at, star + 1, next);
      if (found < 0) {
        return false;
      }
      at = found + next - star - 1;
      star = next;
    }
    var last = path.length() - (end - star - 1);
    return isAnchored ? last >= at && isAt(last, star + 1, end) : find(at, star + 1, end) >= 0;
  }

  /// The first place of the literal, not before `at`; negative if there is none, or after the last
  /// step.
  private int find(int at, int from, int to) {
    var end = path.length() - (to - from) + 1;
    if (from == to || end <= at) {
      steps++;
      return end <= at ? -1 : at;
    }
    var first = patterns.charAt(from);
    for (var i = at; i < end && steps <= mostSteps; i++) {
      var next = path.indexOf(first, i, end);
      steps += ((next < 0 ? end : next) - i) / JUMP;
      if (next < 0) {
        break;
      }
      if (isAt(next, from, to)) {
        return next;
      }
      i = next;
    }
    steps++;
    return -1;
  }

  private boolean isAt(int at, int from, int to) {
    if (to - from > path.length() - at) {
      return false;
    }
    var i = from;
    while (i < to && path.charAt(at + i - from) == patterns.charAt(i)) {
      i++;
    }
    steps += i - from + 1;
    return i == to;
  }
}
