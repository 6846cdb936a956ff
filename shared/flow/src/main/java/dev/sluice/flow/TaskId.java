package dev.sluice.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.regex.Pattern;

/// The id of a task within its part: `0007` for the task as planned, `0007.2` for the second group
/// of its leftovers, `0007.2.1` for the first group of theirs. Its round is its depth.
///
/// A name has at most [#MAX_LENGTH] characters, however often a task is dealt anew: a deduplication
/// id may have 128 and a file name 255. One that would be longer is folded to `0007_20.` and 80
/// bits of SHA-256 over the name of the parent and the group, in hexadecimal: number and round stay
/// readable, and the same group always gets the same name.
public record TaskId(String name) {
  /// The longest name.
  public static final int MAX_LENGTH = 40;

  private static final int HASH_BYTES = 10;
  private static final Pattern DOTTED = Pattern.compile("\\d{4,9}(\\.\\d{1,9})*");
  private static final Pattern FOLDED = Pattern.compile("\\d{4,9}_\\d{1,9}\\.[0-9a-f]{20}");

  public TaskId {
    if (name.length() > MAX_LENGTH
        || (!DOTTED.matcher(name).matches() && !FOLDED.matcher(name).matches())) {
      throw new IllegalArgumentException(
          "task must be a number of 4 to 9 digits and dotted groups, or a number, _, its round, ."
              + " and 20 hexadecimal digits, at most "
              + MAX_LENGTH
              + " characters, got \""
              + name
              + "\"");
    }
  }

  /// The task of this number, counted from 0, in the plan of its part.
  public static TaskId planned(int number) {
    Rule.atLeast("task number", 0, number);
    return new TaskId(String.format(Locale.ROOT, "%04d", number));
  }

  /// The task that group `group` (counted from 1) of this one's leftovers becomes.
  public TaskId child(int group) {
    Rule.atLeast("group", 1, group);
    var dotted = name + "." + group;
    return isFolded() || dotted.length() > MAX_LENGTH
        ? new TaskId(
            root() + "_" + (round() + 1) + "." + Sha256.hex(dotted.getBytes(UTF_8), HASH_BYTES))
        : new TaskId(dotted);
  }

  /// How often the URLs of this task were dealt anew: 0 as planned.
  public int round() {
    return isFolded()
        ? Integer.parseInt(name.substring(name.indexOf('_') + 1, name.indexOf('.')))
        : (int) name.chars().filter(c -> c == '.').count();
  }

  /// The number, in the plan, of the task that this one descends from.
  public int number() {
    return Integer.parseInt(root());
  }

  private String root() {
    return name.split("[._]", 2)[0];
  }

  private boolean isFolded() {
    return name.indexOf('_') >= 0;
  }

  @Override
  public String toString() {
    return name;
  }
}
