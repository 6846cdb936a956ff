package dev.sluice.bench.job;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// `--stage fair`: how long 100 URLs take behind a job that runs.
final class FairRun {
  private static final int SMALL_LINES = 100;
  private static final long LATENCY_MILLIS = 1_000;

  private FairRun() {}

  /// Runs it and prints its table.
  ///
  /// @param shape of the large list
  /// @return whether the large job still ran when the small one had ended: else it says nothing
  static boolean run(Path home, Shape shape, Path work, Processes started, PrintStream out)
      throws IOException, InterruptedException {
    var jars = home.resolve("bench/jobs/target/pages");
    var web = WebProcess.start(started, jars, shape.hosts(), LATENCY_MILLIS);
    var paths = JavadocPages.of(jars).all().stream().map(JavadocPages.Page::path).toList();
    var large = work.resolve("large.txt");
    Files.write(large, UrlList.of(shape, paths, web.port()));
    var small = work.resolve("small.txt");
    var few = new Shape(SMALL_LINES, Math.min(SMALL_LINES, shape.hosts()), 0, shape.seed() + 1);
    Files.write(small, UrlList.of(few, paths, web.port()));
    var fair = Child.answer(started, FairOnly.class, FairOnly.Fair.class, home, work, large, small);
    web.stop();
    row(out, "lines of the large job", "%,.0f", shape.lines());
    row(out, "hosts", "%,.0f", shape.hosts());
    row(out, "lines of the small job", "%,.0f", SMALL_LINES);
    var alone = fair.alone();
    var behind = fair.behind();
    row(out, "small job alone, fetched", "%,.1f s", alone.fetched());
    row(out, "  behind the large one", "%,.1f s", behind.fetched());
    row(out, "  times as long", "%,.2f", behind.fetched() / alone.fetched());
    row(out, "small job alone, whole", "%,.1f s", alone.whole());
    row(out, "  behind the large one", "%,.1f s", behind.whole());
    row(out, "  times as long", "%,.2f", behind.whole() / alone.whole());
    row(out, "rows of the large job, before", "%,.0f", (double) fair.largeBefore());
    row(out, "rows of the large job, after", "%,.0f", (double) fair.largeAfter());
    return fair.largeAfter() < shape.lines();
  }

  private static void row(PrintStream out, String name, String format, double value) {
    out.printf(Locale.ROOT, "%-34s %14s%n", name, String.format(Locale.ROOT, format, value));
  }
}
