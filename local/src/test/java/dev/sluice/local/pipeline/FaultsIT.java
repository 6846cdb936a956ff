package dev.sluice.local.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.local.pipeline.CallFaults.Fate;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import dev.sluice.local.stack.Stack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The job that the simulation breaks in every place, on the embedded servers and over real
/// sockets: what becomes of it there is what the simulation says, and what is checked of it after
/// planted faults is the same. `-Dsluice.seed` draws others.
class FaultsIT {
  private static final long SEED = Long.getLong("sluice.seed", 1);
  private static final Map<Fate, Integer> PERCENT_OF_CALLS =
      Map.of(
          Fate.NOT_SENT, 3,
          Fate.ANSWER_LOST, 3,
          Fate.STANDS_STILL, 4,
          Fate.NOT_DELETED, 15,
          Fate.VISIBLE_AT_ONCE, 20);

  @TempDir Path folder;

  private SixtyWeb web;
  private Stack stack;

  @BeforeEach
  void start() throws Exception {
    web = new SixtyWeb();
    var hosts = Files.write(folder.resolve("hosts"), web.hosts());
    stack = start(Files.createDirectory(folder.resolve("out")), web, hosts);
  }

  @AfterEach
  void stop() {
    CallFaults.end();
    stack.close();
    web.close();
  }

  private static Stack start(Path out, SixtyWeb web, Path hosts) throws Exception {
    var parameters =
        Map.ofEntries(
            Map.entry("HostGroups", "4"),
            Map.entry("PerHostDelayMillis", "100"),
            Map.entry("TimeoutMillis", "2000"),
            Map.entry("MaxBodyBytes", "1024"),
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

  private void run() {
    var list = (String.join("\n", web.lines()) + "\n").getBytes(UTF_8);
    Awaitility.await() // the put itself may fail
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .until(() -> {
          stack
              .store()
              .put(Keys.manifest(Sixty.JOB, false), new Content.Bytes(list), new Condition.Always())
              .join();
          return true;
        });
    var report = folder.resolve("out").resolve(Keys.report(Sixty.JOB));
    Awaitility.await().atMost(Duration.ofMinutes(8)).until(() -> Files.exists(report));
  }

  @Test
  void theJobOfTheSimulationEndsTheSameOnServers() throws Exception {
    var simulated = Sixty.pipeline(1, Effects.Plan.NONE, Delivery.ONCE);
    simulated.submit(Sixty.JOB, Sixty.lines());
    simulated.untilQuiet(1_000_000);

    run();

    var job = new Job(stack.store(), Sixty.JOB);
    assertThat(job.wrong(Sixty.LINES)).isEmpty();
    assertThat(job.outcomes()).isEqualTo(Sixty.outcomes(simulated));
  }

  @Test
  void itEndsAsItMustWhenCallsFailMessagesComeTwiceAndInvocationsOutliveTheirTime()
      throws Exception {
    CallFaults.begin(SEED, PERCENT_OF_CALLS, Duration.ofSeconds(25));
    run();
    var planted = CallFaults.end();

    System.out.println("planted, seed " + SEED + ": " + planted);
    assertThat(planted).isNotEmpty();
    assertThat(new Job(stack.store(), Sixty.JOB).wrong(Sixty.LINES)).as("seed %d", SEED).isEmpty();
  }
}
