package dev.sluice.flow;

import java.util.regex.Pattern;

/// A task within its part: `0007` as planned, `0007.2` for the second group of what it left over,
/// `0007.2.1` for what that one left over. Its round is its depth.
public record TaskId(String name) {
  private static final Pattern RULE = Pattern.compile("\\d{4,9}(\\.\\d{1,9})*");

  public TaskId {
    if (!RULE.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "task must be a number of 4 to 9 digits and dotted groups, got \"" + name + "\"");
    }
  }

  /// The task of this number, counted from 0, in the plan of its part.
  public static TaskId planned(int number) {
    Rule.atLeast("task number", 0, number);
    return new TaskId("%04d".formatted(number));
  }

  /// The task that group `group` (counted from 1) of this one's leftovers becomes.
  public TaskId child(int group) {
    Rule.atLeast("group", 1, group);
    return new TaskId(name + "." + group);
  }

  /// How often what this task holds was dealt anew: 0 as planned.
  public int round() {
    return (int) name.chars().filter(c -> c == '.').count();
  }

  @Override
  public String toString() {
    return name;
  }
}
