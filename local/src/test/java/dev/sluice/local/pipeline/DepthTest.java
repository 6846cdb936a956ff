package dev.sluice.local.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import dev.sluice.memory.MemoryWeb;
import dev.sluice.memory.MemoryWeb.ScriptedAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How much lies in the queues of fetch and extract over time, with the marks of the template. A
/// job of 1,000,000 lines (`-Dsluice.lines=1000000`) takes too long for a test.
class DepthTest {
  private static final int LINES =
      Integer.getInteger("sluice.lines", Boolean.getBoolean("sluice.proofs") ? 100_000 : 20_000);
  private static final int HIGH_WATER = 192;

  private Duration every = Duration.ofMinutes(5);
  private final List<Integer> depths = new ArrayList<>();
  private int most;

  private static Pipeline pipeline() throws Exception {
    MemoryWeb.Script missing = (_, _) -> ScriptedAnswer.status(404);
    return new Pipeline(
        1,
        Map.of(
            "PartLines", "" + LINES / 10, // more tasks than the mark lets in
            "PerHostDelayMillis", "0",
            "IgnoreRobots", "true",
            "SplitConcurrencyInvocations", "2"),
        Map.of(),
        missing,
        World.of(1, Effects.Plan.NONE, Delivery.ONCE, null));
  }

  private void watch(Pipeline pipeline, Instant next) {
    var depth =
        pipeline.queue("FetchQueue").depth().total()
            + pipeline.queue("ExtractQueue").depth().total();
    most = Math.max(most, depth);
    if (!pipeline.simulation().now().isBefore(next)) {
      depths.add(depth);
    }
    var now = pipeline.simulation().now();
    var at = now.isBefore(next) && next.isBefore(now.plus(every)) ? next : now.plus(every);
    pipeline.simulation().after(Duration.ofMillis(500), () -> watch(pipeline, at));
  }

  @Tag("proofs")
  @ParameterizedTest
  @ValueSource(strings = {"Fetch", "Extract"})
  void aStoppedStageHoldsSplitAtTheMarkAndEverythingEndsWhenItGoesOn(String name) throws Exception {
    var pipeline = pipeline();
    var stopped = pipeline.mapping(name);
    watch(pipeline, pipeline.simulation().now());
    stopped.stop();
    pipeline.submit(Sixty.JOB, lines(LINES));

    pipeline.passes(Duration.ofHours(1));
    var held = List.copyOf(depths);
    var meanwhile = new Job(pipeline.store(), Sixty.JOB).heldBack();
    every = Duration.ofSeconds(2);
    depths.clear();
    stopped.goOn();
    var begun = System.nanoTime();
    pipeline.untilQuiet(1_000_000_000);

    System.out.println(
        "messages to fetch and to extract, every 5 min, "
            + name
            + " stopped: "
            + held
            + ", then every 2 s: "
            + depths
            + "; most "
            + most
            + ", mark "
            + HIGH_WATER
            + ", lines "
            + LINES
            + ", held back "
            + new Job(pipeline.store(), Sixty.JOB).heldBack()
            + ", "
            + (System.nanoTime() - begun) / 1_000_000_000
            + " s");
    assertThat(meanwhile).isBetween(Duration.ofMinutes(58), Duration.ofMinutes(60));
    assertThat(new Job(pipeline.store(), Sixty.JOB).heldBack())
        .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(70));
    assertThat(held.getLast()).isGreaterThan(HIGH_WATER / 2);
    assertThat(most).isLessThanOrEqualTo(HIGH_WATER);
    assertThat(pipeline.wrong()).isEmpty();
    assertThat(new Job(pipeline.store(), Sixty.JOB).wrong(LINES)).isEmpty();
  }

  /// Four of five are refused at once: there are as many tasks, and less to wait for.
  private static List<String> lines(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> (i % 5 == 0 ? "http" : "ftp") + "://h" + i % 5000 + ".example/" + i)
        .toList();
  }

  @Test
  void asManyHeldJobsAsInvocationsOfSplitKeepNobodyFromTheirTurn() throws Exception {
    var pipeline = pipeline();
    pipeline.mapping("Fetch").stop();
    pipeline.submit(Sixty.JOB, lines(LINES));
    pipeline.submit(new JobId("second"), lines(LINES));
    pipeline.passes(Duration.ofMinutes(1));

    var small = new JobId("small");
    pipeline.submit(small, List.of("http://a.example/"));
    pipeline.passes(Duration.ofMinutes(1));

    assertThat(pipeline.store().head(Keys.plan(small, 0)).join()).isPresent();
  }

  /// Split of the large one looks for room as often, and would take all that there is.
  @Test
  void aJobThatBeginsIsLetInWhileALargeOneIsHeld() throws Exception {
    var pipeline = pipeline();
    pipeline.mapping("Fetch").stop();
    pipeline.submit(Sixty.JOB, lines(LINES));
    pipeline.passes(Duration.ofMinutes(1));
    assertThat(pipeline.queue("FetchQueue").depth().total()).isEqualTo(HIGH_WATER);

    var small = new JobId("small");
    pipeline.submit(small, List.of("http://a.example/", "http://b.example/"));
    pipeline.passes(Duration.ofMinutes(1));

    assertThat(pipeline.queue("FetchQueue").depth().total()).isEqualTo(HIGH_WATER + 2);
    pipeline.mapping("Fetch").goOn();
    pipeline.untilQuiet(1_000_000_000);
    assertThat(new Job(pipeline.store(), small).wrong(2)).isEmpty();
    assertThat(new Job(pipeline.store(), Sixty.JOB).wrong(LINES)).isEmpty();
  }
}
