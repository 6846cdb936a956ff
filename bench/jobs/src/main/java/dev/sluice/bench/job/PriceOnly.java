package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import dev.sluice.flow.JobId;
import dev.sluice.local.stack.Stack;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/// The process that `--stage price` counts: one job of a stack.
final class PriceOnly {
  private static final JobId JOB = new JobId("bench");

  private PriceOnly() {}

  /// Prints the bill, as one JSON object.
  ///
  /// @param args template, bucket, list
  public static void main(String[] args) throws Exception {
    var out = System.out;
    var logged = new AtomicLong();
    System.setOut(new PrintStream(new CountingOutput(logged), true, UTF_8));
    var meter = new Meter();
    try (var stack = Stack.start(Path.of(args[0]), Path.of(args[1]), Jobs.HERE)) {
      stack.onInvoked(meter::invoked);
      var before = Calls.units(); // of the start of the stack
      var jobs = new Jobs(stack);
      var seconds = jobs.run(JOB, Path.of(args[2]));
      var units = new TreeMap<>(meter.polls());
      Calls.units().forEach((unit, count) -> units.merge(unit, count, Long::sum));
      before.forEach((unit, count) -> units.merge(unit, -count, Long::sum));
      var bill = new Bill(jobs.rows(JOB).stored(), seconds, meter.functions(), units, logged.get());
      out.println(new String(Json.bytes(bill), UTF_8));
    }
  }

  /// Counts the bytes that functions log, and keeps none.
  private static final class CountingOutput extends OutputStream {
    private final AtomicLong bytes;

    CountingOutput(AtomicLong bytes) {
      this.bytes = bytes;
    }

    @Override
    public void write(int one) {
      bytes.incrementAndGet();
    }

    @Override
    public void write(byte[] some, int offset, int length) {
      bytes.addAndGet(length);
    }
  }
}
