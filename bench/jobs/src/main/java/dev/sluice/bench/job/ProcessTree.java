package dev.sluice.bench.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// CPU time and memory of a process and of all that it started, sampled from /proc of Linux. One
/// thread.
final class ProcessTree {
  /// USER_HZ, in which /proc counts CPU time: the kernel's promise to programs.
  private static final double TICKS_A_SECOND = 100;

  private static final Path PROC = Path.of("/proc");

  private final ProcessHandle root;
  private long peakKilobytes;
  private double cpuSeconds;

  ProcessTree(ProcessHandle root) {
    this.root = root;
  }

  /// Whether this system has what is read here.
  static boolean isKnown() {
    return Files.isReadable(PROC.resolve("self/status"));
  }

  /// Takes a sample.
  void look() {
    long sum = 0;
    long highest = 0;
    double cpu = 0;
    for (var pid :
        Stream.concat(Stream.of(root), root.descendants()).map(ProcessHandle::pid).toList()) {
      try {
        var status = Files.readString(PROC.resolve(pid + "/status"));
        sum += kilobytes("VmRSS", status);
        highest = Math.max(highest, kilobytes("VmHWM", status));
        cpu += cpuSeconds(Files.readString(PROC.resolve(pid + "/stat")));
      } catch (IOException ended) {
        // It was there a moment ago: its time is in its parent's, its memory is free.
      }
    }
    // One process's own peak is known exactly; that of a sum only at the samples.
    peakKilobytes = Math.max(peakKilobytes, Math.max(sum, highest));
    cpuSeconds = Math.max(cpuSeconds, cpu);
  }

  /// A field of /proc/{pid}/status in kB; 0 if it is not there, as in one that has ended.
  static long kilobytes(String field, String status) {
    return status
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  /// User and system time of a process and of its ended children that it waited for.
  static double cpuSeconds(String stat) {
    // The second field is the name in parentheses, which may hold blanks and parentheses.
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (var i = 11; i <= 14; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks / TICKS_A_SECOND;
  }

  /// The highest resident memory of all its processes together, as far as it was seen.
  double peakMegabytes() {
    return peakKilobytes / 1024.0;
  }

  /// The highest that was seen.
  double cpuSeconds() {
    return cpuSeconds;
  }
}
