package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.local.stack.Stack;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// The process of `--stage fair`: a small job alone, and the same behind a large one.
final class FairOnly {
  /// The template's numbers in small: for each invocation and host group, as many messages may
  /// wait.
  private static final Map<String, String> SMALL =
      Map.of(
          "AllowPrivate", "127.0.0.0/8",
          "AllowPorts", "1-65535",
          "HostGroups", "16",
          "HighWaterMessages", "48",
          "LowWaterMessages", "40",
          "FetchConcurrencyInvocations", "16",
          "ExtractConcurrencyInvocations", "2");

  /// The small job is put when a tenth of the large one's lines have rows: by then the queues are
  /// filled.
  private static final int UNDER_WAY = 10;

  private static final JobId LARGE = new JobId("large");
  private static final long LOOK_MILLIS = 200;

  private FairOnly() {}

  /// How long a small job took, in seconds.
  ///
  /// @param fetched from the list that was put to the last archive
  /// @param whole to the report
  record JobTimes(double fetched, double whole) {}

  /// The times that were measured.
  ///
  /// @param largeBefore rows of the large job when the small one was put
  /// @param largeAfter and when it had ended
  record Fair(JobTimes alone, JobTimes behind, long largeBefore, long largeAfter) {}

  /// Prints it, as one JSON object.
  ///
  /// @param args template, bucket, the large list, the small list
  public static void main(String[] args) throws Exception {
    var out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)); // of functions
    var large = Path.of(args[2]);
    var small = Path.of(args[3]);
    try (var stack = Stack.start(Path.of(args[0]), Path.of(args[1]), SMALL)) {
      var jobs = new Jobs(stack);
      jobs.run(new JobId("warm"), small); // the JVM is cold, and robots.txt is not there yet
      var alone = took("alone", small, stack, jobs);
      var enough = lines(large) / UNDER_WAY;
      jobs.start(LARGE, large);
      while (jobs.rows(LARGE).rows() < enough) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
      var before = jobs.rows(LARGE).rows();
      var behind = took("behind", small, stack, jobs);
      var fair = new Fair(alone, behind, before, jobs.rows(LARGE).rows());
      out.println(new String(Json.bytes(fair), UTF_8));
    }
  }

  private static long lines(Path list) throws IOException {
    try (var lines = Files.lines(list, UTF_8)) {
      return lines.count();
    }
  }

  private static JobTimes took(String name, Path list, Stack stack, Jobs jobs)
      throws InterruptedException, TimeoutException {
    var job = new JobId(name);
    var last = new AtomicLong();
    stack.onCreated(key -> {
      if (key.startsWith(Keys.archives(job, 0)) && key.endsWith(".warc.gz")) {
        last.set(System.nanoTime());
      }
    });
    var begun = System.nanoTime();
    var whole = jobs.run(job, list);
    return new JobTimes((last.get() - begun) / 1e9, whole);
  }
}
