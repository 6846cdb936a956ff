package dev.sluice.bench.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The numbers of a run, one a line. MB are of 1,048,576 bytes.
final class RunTable {
  private static final double MEGABYTE = 1 << 20;

  private final List<String> lines = new ArrayList<>();

  private RunTable() {}

  /// @param delayMillis between two starts to one host
  /// @param books the JSON of the command
  /// @param loadBefore load average of one minute before the command began
  static String of(
      Shape shape,
      long delayMillis,
      JsonNode books,
      MeasuredRun run,
      Served served,
      Check.CheckResult verdict,
      double loadBefore,
      double loadAfter) {
    var table = new RunTable();
    table.count("lines", shape.lines());
    table.count("hosts", shape.hosts());
    table.count("hanging URLs", shape.hanging());
    for (var outcome : List.of("stored", "failed", "refused", "duplicate")) {
      table.count("  " + outcome, books.path(outcome).asLong());
    }
    table.text("balanced", books.path("balanced").asText("?"));
    table.count("rows read back", verdict.rows());
    var elapsed = books.path("elapsed_s").asDouble();
    var asked = (served.lastMillis() - served.firstMillis()) / 1000.0;
    var start = (served.firstMillis() - run.startedMillis()) / 1000.0;
    var stored = books.path("stored").asLong();
    table.number("whole command", run.seconds(), "s");
    table.number("  start-up, to the first request", start, "s");
    table.number("  first request to last", asked, "s");
    table.number("  elapsed, as the books have it", elapsed, "s");
    var bound = shape.linesOfLargest() * delayMillis / 1000.0;
    table.number("delays of the largest host", bound, "s");
    table.number("pages/s, whole command", stored / run.seconds(), "");
    table.number("pages/s, first request to last", stored / asked, "");
    table.number("pages/s, elapsed", stored / elapsed, "");
    var bytes = books.path("bytes").asLong();
    table.count("bytes received", bytes);
    table.number("MB/s, elapsed", bytes / MEGABYTE / elapsed, "");
    table.count("took_ms.total of stored, median", verdict.medianMillis());
    table.count("took_ms.total of stored, highest", verdict.highestMillis());
    table.number("peak resident, process tree", run.sluice().peakMegabytes(), "MB");
    table.number("peak resident, server", run.serverPeakMegabytes(), "MB");
    table.number("CPU of the process tree", run.sluice().cpuSeconds(), "s");
    table.number("CPU of the server", run.serverCpuSeconds(), "s");
    table.count("requests at the server", served.pages() + served.robots() + served.hung());
    table.count("  of robots.txt", served.robots());
    table.count("  beyond the rows' attempts", served.pages() + served.hung() - verdict.attempts());
    table.text("load average, before and after", two(loadBefore) + " " + two(loadAfter));
    return String.join("\n", table.lines);
  }

  private static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private void count(String name, long value) {
    text(name, String.format(Locale.ROOT, "%,d", value));
  }

  private void number(String name, double value, String unit) {
    text(name, String.format(Locale.ROOT, "%,.1f", value) + (unit.isEmpty() ? "" : " " + unit));
  }

  private void text(String name, String value) {
    lines.add(String.format(Locale.ROOT, "%-34s %14s", name, value));
  }
}
