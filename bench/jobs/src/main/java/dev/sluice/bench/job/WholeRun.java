package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A whole job: `sluice run` over the loopback web, of which every row is checked.
final class WholeRun {
  private final Path home;
  private final PrintStream out;
  private final PrintStream err;

  /// How `sluice run` is called: options by their own words, null for its defaults.
  ///
  /// @param jfr where a recording of it goes; null for none
  record As(
      String perHostDelay,
      @Nullable String timeout,
      @Nullable Integer concurrency,
      @Nullable Path jfr) {}

  WholeRun(Path home, PrintStream out, PrintStream err) {
    this.home = home;
    this.out = out;
    this.err = err;
  }

  /// Runs it and prints its table, and what is wrong.
  ///
  /// @return the status to end with
  int run(Shape shape, Path work, Processes started, As as)
      throws IOException, InterruptedException {
    var jars = home.resolve("bench/jobs/target/pages");
    var pages = JavadocPages.of(jars);
    var web = WebProcess.start(started, jars, shape.hosts(), 0);
    var paths = pages.all().stream().map(JavadocPages.Page::path).toList();
    var list = UrlList.of(shape, paths, web.port());
    Files.write(work.resolve("list.txt"), list);
    var bucket = work.resolve("bucket");
    var loadBefore = load();
    var command = command(work.resolve("list.txt"), bucket, work, as);
    var run = MeasuredRun.of(started, command, web, work, limit(shape));
    var loadAfter = load();
    if (started.isInterrupted()) {
      return Main.INTERRUPTED;
    }
    var served = web.stop();
    if (run.status() == Main.USAGE) {
      return Main.USAGE; // it said why
    }
    var books = books(run);
    var check = new Check(shape, list, pages);
    check.rows(bucket);
    var verdict = check.against(books);
    var delay = millis(as.perHostDelay);
    out.println(RunTable.of(shape, delay, books, run, served, verdict, loadBefore, loadAfter));
    var wrong = new ArrayList<String>();
    if (run.status() != 0) {
      wrong.add(
          run.status() < 0
              ? "sluice run did not end within " + limit(shape) + "; see threads.txt"
              : "sluice run ended with status " + run.status());
    }
    wrong.addAll(verdict.wrong());
    wrong.forEach(sentence -> err.println("bench/job: " + sentence));
    return wrong.isEmpty() ? 0 : Main.WRONG;
  }

  private ProcessBuilder command(Path list, Path bucket, Path work, As as) {
    var command =
        new ArrayList<>(
            List.of(
                home.resolve("sluice").toString(),
                "run",
                list.toString(),
                "--out",
                bucket.toString(),
                "--allow-private",
                "127.0.0.0/8",
                "--allow-port",
                "1-65535",
                "--per-host-delay",
                as.perHostDelay,
                "--json"));
    if (as.timeout != null) {
      command.addAll(List.of("--timeout", as.timeout));
    }
    if (as.concurrency != null) {
      command.addAll(List.of("--concurrency", "" + as.concurrency));
    }
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    if (as.jfr != null) {
      // The folder for temporary files is gone when the recording is written.
      var record =
          "-XX:FlightRecorderOptions:repository="
              + work.resolve("jfr")
              + " -XX:StartFlightRecording:settings=profile,filename="
              + as.jfr.toAbsolutePath();
      builder.environment().merge("JAVA_TOOL_OPTIONS", record, (is, more) -> is + " " + more);
    }
    return builder;
  }

  /// A time that no healthy run takes: ten minutes, and 50 ms a line.
  private static Duration limit(Shape shape) {
    return Duration.ofMinutes(10).plusMillis(50L * shape.lines());
  }

  private static JsonNode books(MeasuredRun run) {
    try {
      return Json.tree(run.lastLine());
    } catch (IllegalArgumentException none) {
      return Json.object();
    }
  }

  /// The load average of the last minute.
  private static double load() throws IOException {
    return Double.parseDouble(Files.readString(Path.of("/proc/loadavg"), UTF_8).split(" ", 2)[0]);
  }

  private static long millis(String duration) {
    var unit = duration.replaceFirst("\\d+", "");
    var each =
        switch (unit) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          default -> 3_600_000;
        };
    return each * Long.parseLong(duration.substring(0, duration.length() - unit.length()));
  }
}
