package dev.sluice.local.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import dev.sluice.local.stack.Stack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The job that the simulation breaks in every place, on the embedded servers and over real
/// sockets: what becomes of it there is what the simulation says, and what is checked of it after
/// planted faults is the same.
class FaultsIT {
  private static final long SEED = Long.getLong("sluice.seed", 1);
  private static final int PERCENT = 3;

  @TempDir Path folder;

  @AfterEach
  void nothingFailsAnyMore() {
    CallFaults.end();
  }

  private static Stack start(Path out, SixtyWeb web, Path hosts) throws Exception {
    var parameters =
        Map.ofEntries(
            Map.entry("HostBuckets", "4"),
            Map.entry("PerHostDelayMillis", "100"),
            Map.entry("TimeoutMillis", "2000"),
            Map.entry("HostBackOffMillis", "200"),
            Map.entry("StartTimeoutSeconds", "5"),
            Map.entry("StartVisibilitySeconds", "30"),
            Map.entry("SplitTimeoutSeconds", "5"),
            Map.entry("SplitVisibilitySeconds", "30"),
            Map.entry("FetchTimeoutSeconds", "5"),
            Map.entry("FetchVisibilitySeconds", "30"),
            Map.entry("ExtractTimeoutSeconds", "5"),
            Map.entry("ExtractVisibilitySeconds", "30"),
            Map.entry("ReportTimeoutSeconds", "5"),
            Map.entry("ReportVisibilitySeconds", "30"),
            Map.entry("ReserveMillis", "1000"),
            Map.entry("HostsFile", hosts.toString()),
            Map.entry("AllowPrivate", "127.0.0.0/8"),
            Map.entry("AllowPorts", "" + web.port()));
    return Stack.start(Path.of("..", "template.yaml"), out, parameters);
  }

  private static void run(Stack stack, List<String> lines, List<JobId> jobs, Path out) {
    var list = (String.join("\n", lines) + "\n").getBytes(UTF_8);
    for (var job : jobs) {
      Awaitility.await() // the put itself may fail
          .atMost(Duration.ofMinutes(1))
          .ignoreExceptions()
          .until(() -> {
            stack
                .store()
                .put(Keys.manifest(job, false), new Content.Bytes(list), new Condition.Always())
                .join();
            return true;
          });
    }
    Awaitility.await()
        .atMost(Duration.ofMinutes(8))
        .until(() -> jobs.stream().allMatch(job -> Files.exists(out.resolve(Keys.report(job)))));
  }

  @Test
  void theJobOfTheSimulationEndsTheSameOnServersAndAsItMustWhenCallsFail() throws Exception {
    var simulated = Sixty.pipeline(1, Effects.Plan.NONE, Delivery.ONCE);
    simulated.submit(Sixty.JOB, Sixty.lines());
    simulated.untilQuiet(1_000_000);
    try (var web = new SixtyWeb()) {
      var hosts = Files.write(folder.resolve("hosts"), web.hosts());
      var out = Files.createDirectory(folder.resolve("out"));
      try (var stack = start(out, web, hosts)) {
        run(stack, web.lines(), List.of(Sixty.JOB), out);
        var job = new Job(stack.store(), Sixty.JOB);
        assertThat(job.wrong(Sixty.LINES)).isEmpty();
        assertThat(job.outcomes()).isEqualTo(Sixty.outcomes(simulated));

        web.forget();
        var jobs = Stream.of("faults-1", "faults-2").map(JobId::new).toList();
        CallFaults.begin(SEED, PERCENT);
        run(stack, web.lines(), jobs, out);
        var planted = CallFaults.end();

        System.out.println("planted in calls, seed " + SEED + ": " + planted);
        assertThat(planted).isNotEmpty();
        for (var each : jobs) {
          assertThat(new Job(stack.store(), each).wrong(Sixty.LINES))
              .as("%s, seed %d", each, SEED)
              .isEmpty();
        }
      }
    }
  }
}
