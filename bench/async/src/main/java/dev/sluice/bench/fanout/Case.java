package dev.sluice.bench.fanout;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A benchmark, and the row that shows its cost.
///
/// @param section the head above its row; ratios are to the first row of the section
/// @param params of JMH, by name
/// @param itemsEach the items of one operation of JMH
record Case(
    String section,
    String row,
    Class<?> type,
    String method,
    Map<String, String> params,
    long itemsEach) {
  /// The difference between these two rows is a timeout that is armed and cancelled.
  static final String TIMED = "Sluice, a timeout each";

  static final String UNTIMED = "Sluice, no timeouts";

  private static final String COMPLETE = "complete when the operation returns";
  private static final String ANOTHER = "completed by another thread";
  private static final String INPUTS = "Sluice, inputs, complete when the operation returns";
  private static final String LIMITS = "limits, completed by another thread";
  private static final String TIMERS = "a million under way at once";

  static List<Case> all() {
    return List.of(
        of("the clock", "`System.nanoTime()`", Clock.class, "nanoTime"),
        of(COMPLETE, "Sluice, `ofSource`", Complete.class, "sluice"),
        of(COMPLETE, "Sluice, `of`, owning nothing", Complete.class, "sluiceUnowned"),
        of(COMPLETE, "a loop over the operation", Complete.class, "loop"),
        of(COMPLETE, "floor: `Semaphore` + `whenComplete`", Complete.class, "floor"),
        of(COMPLETE, "Reactor `flatMap`", Complete.class, "reactor"),
        of(COMPLETE, "Mutiny `merge`", Complete.class, "mutiny"),
        of(COMPLETE, "parallel-collectors", Complete.class, "parallelCollectors"),
        of(COMPLETE, "virtual threads + `Semaphore`", Complete.class, "virtualThreads"),
        of(ANOTHER, TIMED, ByAnotherThread.class, "sluiceWithTimeouts"),
        of(ANOTHER, UNTIMED, ByAnotherThread.class, "sluice"),
        of(ANOTHER, "floor: `Semaphore` + `whenComplete`", ByAnotherThread.class, "floor"),
        of(ANOTHER, "Reactor `flatMap`, no timeouts", ByAnotherThread.class, "reactor"),
        of(ANOTHER, "Mutiny `merge`, no timeouts", ByAnotherThread.class, "mutiny"),
        of(ANOTHER, "parallel-collectors", ByAnotherThread.class, "parallelCollectors"),
        of(ANOTHER, "virtual threads that await", ByAnotherThread.class, "virtualThreads"),
        inputs(10_000),
        inputs(100_000),
        inputs(1_000_000),
        inputs(10_000_000),
        limit("Sluice", "sluice", 10),
        limit("Sluice", "sluice", 100),
        limit("Sluice", "sluice", 1_000),
        limit("Sluice", "sluice", 10_000),
        limit("floor", "floor", 10),
        limit("floor", "floor", 100),
        limit("floor", "floor", 1_000),
        limit("floor", "floor", 10_000),
        of(TIMERS, TIMED, Timers.class, "armed"),
        of(TIMERS, UNTIMED, Timers.class, "unarmed"),
        of(TIMERS, "`orTimeout` of the JDK alone", Timers.class, "orTimeout"));
  }

  /// The cases that have the text in their row or section.
  static List<Case> containing(String text) {
    return all().stream()
        .filter(each -> (each.section() + ": " + each.row()).contains(text))
        .toList();
  }

  private static Case of(String section, String row, Class<?> type, String method) {
    return new Case(section, row, type, method, Map.of(), 1);
  }

  private static Case inputs(int count) {
    return new Case(
        INPUTS, grouped(count), RisingInputs.class, "sluice", Map.of("inputs", "" + count), count);
  }

  private static Case limit(String who, String method, int limit) {
    return new Case(
        LIMITS,
        who + ", " + grouped(limit),
        RisingLimits.class,
        method,
        Map.of("limit", "" + limit),
        1);
  }

  private static String grouped(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// The pattern by which JMH finds the benchmark.
  String pattern() {
    return "^" + type.getName().replace(".", "\\.") + "\\." + method + "$";
  }
}
