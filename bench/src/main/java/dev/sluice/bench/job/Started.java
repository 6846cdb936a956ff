package dev.sluice.bench.job;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/// The processes of a run. All of them end with it, also when it is interrupted. Any thread.
final class Started implements AutoCloseable {
  /// `sluice` promises to end in good order within 5 s.
  private static final long GRACE_SECONDS = 6;

  private final Deque<Process> processes = new ArrayDeque<>();
  private boolean closed;
  private volatile boolean interrupted;

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
