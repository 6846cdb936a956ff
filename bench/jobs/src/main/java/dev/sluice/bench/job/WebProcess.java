package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.archive.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The server as a process of its own, so that what it costs is seen apart.
final class WebProcess {
  /// It compresses all pages before it listens.
  private static final long START_SECONDS = 120;

  private static final long STOP_SECONDS = 10;

  private final Process process;
  private final BufferedReader said;
  private final int port;

  private WebProcess(Process process, BufferedReader said, int port) {
    this.process = process;
    this.said = said;
    this.port = port;
  }

  /// Returns when it listens.
  static WebProcess start(Processes started, Path pages, int hosts, long latencyMillis)
      throws IOException, InterruptedException {
    var process =
        started.start(
            Processes.java(
                List.of("-Xmx384m"),
                PageServer.class,
                pages.toString(),
                "" + hosts,
                "" + latencyMillis));
    var said = new BufferedReader(new InputStreamReader(process.getInputStream(), US_ASCII));
    return new WebProcess(process, said, Integer.parseInt(line(said, START_SECONDS)));
  }

  private static String line(BufferedReader said, long seconds)
      throws IOException, InterruptedException {
    var reading = new FutureTask<>(said::readLine);
    Thread.ofVirtual().name("bench-server-says").start(reading);
    try {
      var line = reading.get(seconds, TimeUnit.SECONDS);
      if (line == null) {
        throw new IOException("the server ended; it says why above");
      }
      return line;
    } catch (ExecutionException | TimeoutException silent) {
      throw new IOException("the server said nothing within " + seconds + " s", silent);
    }
  }

  int port() {
    return port;
  }

  ProcessHandle process() {
    return process.toHandle();
  }

  /// Ends it, and says what it saw.
  Served stop() throws IOException, InterruptedException {
    process.getOutputStream().close();
    var served = Json.read(Served.class, line(said, STOP_SECONDS).getBytes(US_ASCII));
    process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    return served;
  }
}
