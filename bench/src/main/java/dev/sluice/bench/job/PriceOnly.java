package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.edge.Json;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.local.stack.Stack;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The process that `--stage price` counts: the embedded stack as the template has it for AWS, but
/// for as many invocations at once as two processors can do.
final class PriceOnly {
  private static final Map<String, String> HERE =
      Map.of(
          "AllowPrivate", "127.0.0.0/8",
          "AllowPorts", "1-65535",
          "FetchConcurrencyInvocations", "8",
          "ExtractConcurrencyInvocations", "2");

  private static final long LIMIT_MINUTES = 30;
  private static final JobId JOB = new JobId("bench");

  private PriceOnly() {}

  /// Prints the bill, as one JSON object.
  ///
  /// @param args template, list, bucket, lines
  public static void main(String[] args) throws Exception {
    var out = System.out;
    var logged = new AtomicLong();
    System.setOut(new PrintStream(new Counting(logged), true, UTF_8));
    var meter = new Meter();
    var ended = new CountDownLatch(1);
    try (var stack = Stack.start(Path.of(args[0]), Path.of(args[2]), HERE)) {
      stack.onInvoked(meter::invoked);
      stack.onCreated(key -> {
        if (key.equals(Keys.report(JOB))) {
          ended.countDown();
        }
      });
      var before = Calls.units(); // of the start of the stack
      var begun = System.nanoTime();
      stack
          .store()
          .put(
              Keys.manifest(JOB, false),
              new Content.File(Path.of(args[1])),
              new Condition.IfAbsent())
          .join();
      if (!ended.await(LIMIT_MINUTES, TimeUnit.MINUTES)) {
        throw new IllegalStateException("no report within " + LIMIT_MINUTES + " minutes");
      }
      var seconds = (System.nanoTime() - begun) / 1e9;
      var units = new TreeMap<>(meter.polls());
      Calls.units().forEach((unit, count) -> units.merge(unit, count, Long::sum));
      before.forEach((unit, count) -> units.merge(unit, -count, Long::sum));
      var bill =
          new Bill(
              Long.parseLong(args[3]),
              stored(stack),
              seconds,
              meter.functions(),
              units,
              logged.get());
      out.println(new String(Json.bytes(bill), UTF_8));
    }
  }

  private static long stored(Stack stack) {
    return stack
        .store()
        .get(Keys.state(JOB))
        .join()
        .map(state -> Json.read(Ledger.class, state.bytes()).books().counts().stored())
        .orElse(0L);
  }

  /// What functions write is not kept.
  private static final class Counting extends OutputStream {
    private final AtomicLong bytes;

    Counting(AtomicLong bytes) {
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
