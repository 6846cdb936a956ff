package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One run of the command, looked at from outside while it lasts.
///
/// @param status its exit status; −1 if it did not end in time and was ended
/// @param seconds from before it was started until it had ended
/// @param startedMillis since the epoch
/// @param lastLine of its standard output
/// @param sluice what the command and all that it started took
/// @param serverCpuSeconds of the server while the command ran
record MeasuredRun(
    int status,
    double seconds,
    long startedMillis,
    String lastLine,
    ProcessTree sluice,
    double serverCpuSeconds,
    double serverPeakMegabytes) {
  private static final Duration LOOK = Duration.ofMillis(200);

  /// Runs it to its end.
  ///
  /// @param work where its output goes, and its threads if it is stuck
  /// @param limit after which it counts as stuck
  static MeasuredRun of(
      Processes started, ProcessBuilder command, WebProcess web, Path work, Duration limit)
      throws IOException, InterruptedException {
    var output = work.resolve("result.json");
    var server = new ProcessTree(web.process());
    server.look();
    var serverBefore = server.cpuSeconds();
    var startedMillis = System.currentTimeMillis();
    var began = System.nanoTime();
    var process = started.start(command.redirectOutput(output.toFile()));
    var sluice = new ProcessTree(process.toHandle());
    var stuck = false;
    while (!stuck && !process.waitFor(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
      sluice.look();
      server.look();
      stuck = System.nanoTime() - began > limit.toNanos();
    }
    var seconds = (System.nanoTime() - began) / 1e9;
    if (stuck) {
      threads(process, work.resolve("threads.txt"));
      process.destroyForcibly().waitFor();
    }
    server.look();
    return new MeasuredRun(
        stuck ? -1 : process.exitValue(),
        seconds,
        startedMillis,
        last(output),
        sluice,
        server.cpuSeconds() - serverBefore,
        server.peakMegabytes());
  }

  /// Writes the stacks of a stuck process to a file, for whoever looks for the cause.
  private static void threads(Process process, Path into) throws IOException, InterruptedException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    new ProcessBuilder(List.of(jcmd, "" + process.pid(), "Thread.print", "-l"))
        .redirectErrorStream(true)
        .redirectOutput(into.toFile())
        .start()
        .waitFor(20, TimeUnit.SECONDS);
  }

  private static String last(Path output) throws IOException {
    var lines = Files.readString(output, UTF_8).lines().toList();
    return lines.isEmpty() ? "" : lines.getLast();
  }
}
