package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import dev.sluice.edge.Aws;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.local.stack.Stack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The process that `--stage split` and `--stage depth` measure: the embedded stack with start,
/// split and report, and a consumer that counts in the place of fetch.
final class SplitOnly {
  private static final Duration IDLE = Duration.ofSeconds(60);

  /// Few host groups, as `sluice run` has it.
  private static final String HOST_GROUPS = "16";

  /// A mark that does not bind: the depth is looked at once a second, and in a second this consumer
  /// takes more than the template's mark lets in.
  private static final Map<String, String> UNBOUND =
      Map.of("HostGroups", HOST_GROUPS, "HighWaterMessages", "512", "LowWaterMessages", "256");

  /// The template's marks, and as many invocations as `sluice run` has.
  private static final Map<String, String> BOUND =
      Map.of("HostGroups", HOST_GROUPS, "SplitConcurrencyInvocations", "2");

  private static final JobId JOB = new JobId("bench");

  private SplitOnly() {}

  /// Prints what came through, as one JSON object.
  ///
  /// @param args template, list, bucket, lines, for how many seconds the consumer stands still
  public static void main(String[] args) throws Exception {
    var chain = new AtomicInteger();
    // When the stack is closed, the last invocation has ended and is told of.
    var drained = drained(args, chain);
    System.out.println(new String(Json.bytes(drained.with(chain.get())), UTF_8));
  }

  private static Drained drained(String[] args, AtomicInteger chain) throws Exception {
    var lines = Integer.parseInt(args[3]);
    var still = Long.parseLong(args[4]);
    var parameters = still == 0 ? UNBOUND : BOUND;
    try (var stack =
            Stack.feeding(
                Set.of("Start", "Split", "Report"),
                Path.of(args[0]),
                Path.of(args[2]),
                parameters);
        var aws = Aws.open(stack.environment("Split"));
        var drain = new Drain(aws.sqs(), queueUrl(stack), lines)) {
      stack.onInvoked(invoked -> chain.accumulateAndGet(invoked.depth(), Math::max));
      var begun = System.nanoTime();
      stack
          .store()
          .put(
              Keys.manifest(JOB, false),
              new Content.File(Path.of(args[1])),
              new Condition.IfAbsent())
          .join();
      var depths =
          still == 0 ? List.<QueueDepth>of() : QueueDepth.watch(aws.sqs(), queueUrl(stack), still);
      drain.start();
      var drained = drain.await(IDLE.toMillis());
      var seconds = (System.nanoTime() - begun) / 1e9;
      return drained.within(seconds, held(stack), depths);
    }
  }

  private static String queueUrl(Stack stack) {
    return stack.environment("Split").getOrDefault("FETCH_QUEUE_URL", "");
  }

  /// Report learns it at the end of an invocation: that of the last may still be missing.
  private static double held(Stack stack) {
    return stack
        .store()
        .get(Keys.ledger(JOB))
        .join()
        .map(state -> Json.read(Ledger.class, state.bytes()).books().hold())
        .map(hold -> hold.millis() / 1000.0)
        .orElse(0.0);
  }
}
