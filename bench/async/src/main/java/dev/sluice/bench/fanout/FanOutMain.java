package dev.sluice.bench.fanout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// The command `bench/fanout`.
public final class FanOutMain {
  private static final int USAGE = 2;

  /// The length of a measurement.
  ///
  /// @param rounds the forks of each case, one round after the other
  private record Length(int rounds, int warmups, int iterations, Duration iteration) {
    static final Length FULL = new Length(5, 2, 3, Duration.ofMillis(500));
    static final Length QUICK = new Length(1, 2, 3, Duration.ofMillis(200));
  }

  private FanOutMain() {}

  /// Measures, prints the tables on standard output, and exits.
  public static void main(String[] args) throws RunnerException {
    var arguments = new ArrayList<>(List.of(args));
    var length = arguments.remove("--quick") ? Length.QUICK : Length.FULL;
    var only = "";
    if (arguments.size() == 2 && arguments.getFirst().equals("--only")) {
      only = arguments.getLast();
      arguments.clear();
    }
    var cases = Case.containing(only);
    if (!arguments.isEmpty() || cases.isEmpty()) {
      help();
      System.exit(arguments.equals(List.of("--help")) ? 0 : USAGE);
    }
    run(cases, length);
  }

  private static void help() {
    System.err.println(
        "bench/fanout: measures an item of a fan-out, with JMH; about eight minutes.");
    System.err.println("bench/fanout:   --quick      under 90 seconds, and rougher");
    System.err.println("bench/fanout:   --only TEXT  the rows whose head or section has this text");
  }

  private static void run(List<Case> cases, Length length) throws RunnerException {
    var begun = System.nanoTime();
    var costs = new LinkedHashMap<Case, List<Cost>>();
    for (int round = 1; round <= length.rounds(); round++) {
      for (var each : cases) {
        System.err.printf(
            "bench/fanout: round %d of %d, %s: %s%n",
            round, length.rounds(), each.section(), each.row());
        costs.computeIfAbsent(each, _ -> new ArrayList<>()).addAll(measure(each, length));
      }
    }
    var medians = new LinkedHashMap<Case, Cost>();
    costs.forEach((each, measured) -> medians.put(each, Cost.median(measured)));
    System.out.println(CostTable.of(medians));
    System.out.printf(
        Locale.ROOT,
        "%nMedians of %d iterations in %d interleaved rounds, at a limit of 100 where no other is"
            + " named.%nMeasured in %d s on Java %s with %d processors.%n",
        length.rounds() * length.iterations(),
        length.rounds(),
        Duration.ofNanos(System.nanoTime() - begun).toSeconds(),
        Runtime.version().feature(),
        Runtime.getRuntime().availableProcessors());
  }

  private static List<Cost> measure(Case each, Length length) throws RunnerException {
    var time = new TimeValue(length.iteration().toMillis(), TimeUnit.MILLISECONDS);
    var options =
        new OptionsBuilder()
            .include(each.pattern())
            .forks(1)
            .warmupIterations(length.warmups())
            .warmupTime(time)
            .measurementIterations(length.iterations())
            .measurementTime(time)
            .timeout(TimeValue.minutes(1))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .jvmArgs(
                "-Xms2g", "-Xmx2g", "-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow");
    each.params().forEach(options::param);
    return new Runner(options.build())
        .run().stream()
            .flatMap(result -> result.getBenchmarkResults().stream())
            .flatMap(fork -> fork.getIterationResults().stream())
            .map(iteration -> cost(iteration, each.itemsEach()))
            .toList();
  }

  private static Cost cost(IterationResult iteration, long items) {
    var bytes = iteration.getSecondaryResults().get("gc.alloc.rate.norm");
    return Cost.of(
        iteration.getPrimaryResult().getScore() / items,
        bytes == null ? Double.NaN : bytes.getScore() / items);
  }
}
