package dev.sluice.bench.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The processes of a run. All of them end with it, also when it is interrupted. Any thread.
final class Processes implements AutoCloseable {
  /// `sluice` promises to end in good order within 5 s.
  private static final long GRACE_SECONDS = 6;

  @GuardedBy("this")
  private final Deque<Process> processes = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean closed;

  private volatile boolean interrupted;

  /// A program of this class path, on the JDK of this process.
  ///
  /// @param options of the JVM
  static ProcessBuilder java(List<String> options, Class<?> main, String... args) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  /// @throws IOException if it cannot be started, or no more may be
  synchronized Process start(ProcessBuilder builder) throws IOException {
    if (closed) {
      throw new IOException("interrupted");
    }
    var process = builder.start();
    processes.push(process);
    return process;
  }

  /// Ends all of them because someone wants it so.
  void interrupt() {
    interrupted = true;
    close();
  }

  boolean isInterrupted() {
    return interrupted;
  }

  /// Asks each to end, the last first; ends it after the grace, with all that it started.
  @Override
  public synchronized void close() {
    closed = true;
    while (!processes.isEmpty()) {
      end(processes.pop());
    }
  }

  private static void end(Process process) {
    var below = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException hurried) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    below.forEach(ProcessHandle::destroyForcibly);
  }
}
