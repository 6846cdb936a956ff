package dev.sluice.local.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.local.pipeline.Effects.Fate;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import dev.sluice.sweep.SimulatedSweep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever is lost, and whoever is dead: after its deadline a job ends with a row for every line.
@NullUnmarked // what a template names is there
class SweepTest {
  /// From one effect to the next that all is lost after.
  private static final int STEP = Boolean.getBoolean("sluice.proofs") ? 1 : 5;

  private static final Duration DEADLINE = Duration.ofHours(24);

  private static Pipeline job(Predicate<String> deadly) throws Exception {
    var pipeline =
        Sixty.pipeline(
            7, (_, what) -> deadly.test(what) ? Fate.DIES_BEFORE : Fate.HAPPENS, Delivery.ONCE);
    pipeline.submit(Sixty.JOB, Sixty.lines());
    return pipeline;
  }

  private static Map<String, Integer> sweep(Pipeline pipeline) throws Exception {
    Outbox<SplitTask> parts = outbox(pipeline, "SplitQueue");
    Outbox<ReportTask> reportTasks = outbox(pipeline, "ReportQueue");
    var run = pipeline.simulation().run(Duration.ofMinutes(14));
    var swept =
        pipeline
            .simulation()
            .await(
                SimulatedSweep.run(
                    pipeline.store(), parts, reportTasks, DEADLINE, pipeline.log(), run));
    pipeline.wake();
    pipeline.passes(Duration.ofMinutes(15));
    return swept;
  }

  /// The counts of a sweep with one of each of these.
  private static Map<String, Integer> counts(String... ones) {
    var counts = new TreeMap<String, Integer>();
    for (var name :
        List.of(
            "unfinished", "started", "overdue", "plans", "archives", "rows", "rebuilt", "failed")) {
      counts.put(name, List.of(ones).contains(name) ? 1 : 0);
    }
    return counts;
  }

  @SuppressWarnings("unchecked") // a queue of the template takes what its function reads
  private static <M extends Message> Outbox<M> outbox(Pipeline pipeline, String queue) {
    return (Outbox<M>) (Outbox<?>) pipeline.queue(queue);
  }

  private static SortedMap<Long, String> undisturbed() throws Exception {
    var pipeline = job(_ -> false);
    pipeline.untilQuiet();
    return Sixty.outcomes(pipeline);
  }

  /// Rows that are not what they would have been gave up, and nothing else is wrong.
  private static List<String> wrong(Pipeline pipeline, SortedMap<Long, String> outcomes)
      throws Exception {
    var wrong = Sixty.wrong(pipeline);
    var changed = new TreeMap<>(Sixty.outcomes(pipeline));
    changed.entrySet().removeAll(outcomes.entrySet());
    changed.values().removeIf("failed gave_up null"::equals);
    if (!changed.isEmpty()) {
      wrong.add("outcomes that are neither: " + changed);
    }
    return wrong;
  }

  @Tag("proofs")
  @Test
  void whereverAllIsLostTheJobEndsAfterItsDeadline() throws Exception {
    var outcomes = undisturbed();
    var whole = job(_ -> false);
    whole.untilQuiet();
    var wrong = new ArrayList<String>();
    var written = 0;
    for (var k = 1; k < whole.effects().count() - 1; k += STEP) {
      var pipeline = job(_ -> false);
      var effects = k;
      pipeline.simulation().until(() -> pipeline.effects().count() >= effects);
      pipeline.forget();
      pipeline.passes(DEADLINE.plusMinutes(31));
      var swept = new ArrayList<Map<String, Integer>>();
      for (var i = 0;
          i < 4 && swept.stream().noneMatch(one -> one.getOrDefault("unfinished", 0) == 0);
          i++) {
        swept.add(sweep(pipeline));
      }
      written += swept.getFirst().getOrDefault("archives", 0);
      var found = wrong(pipeline, outcomes);
      if (!found.isEmpty()) {
        wrong.add("after effect " + k + ", " + swept + ": " + found);
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(written).isPositive();
  }

  /// The functions that would do the work die whenever they are called.
  @ParameterizedTest
  @ValueSource(strings = {"Fetch", "Extract", "Start"})
  void theJobEndsWithoutAFunction(String dead) throws Exception {
    var pipeline = job(what -> what.startsWith(dead) || what.startsWith("Undeliverable"));
    pipeline.passes(Duration.ofHours(2));
    var started = sweep(pipeline);
    pipeline.passes(DEADLINE);
    for (var i = 0; i < 4; i++) {
      sweep(pipeline);
    }

    assertThat(wrong(pipeline, undisturbed())).isEmpty();
    assertThat(started.getOrDefault("started", 0)).isEqualTo(dead.equals("Start") ? 1 : 0);
  }

  @Test
  void aJobThatRunsOrHasEndedIsLeftAlone() throws Exception {
    var pipeline = job(_ -> false);
    var running = sweep(pipeline); // ends the job as well
    var puts = pipeline.effects().count();
    pipeline.passes(DEADLINE.multipliedBy(2));
    var ended = sweep(pipeline);

    assertThat(running).isEqualTo(counts("unfinished"));
    assertThat(ended).isEqualTo(counts());
    assertThat(pipeline.effects().count()).isEqualTo(puts);
    assertThat(wrong(pipeline, undisturbed())).isEmpty();
  }

  /// Its time is not over yet.
  @Test
  void aJobThatHasEndedGetsBackTheBooksThatWereDeleted() throws Exception {
    var pipeline = job(_ -> false);
    pipeline.untilQuiet();
    pipeline.store().delete(Keys.ledger(Sixty.JOB));

    var swept = sweep(pipeline);

    assertThat(swept).isEqualTo(counts("unfinished", "rebuilt"));
    assertThat(Sixty.wrong(pipeline, undisturbed())).isEmpty();
    assertThat(sweep(pipeline)).as("once").isEqualTo(counts());
  }

  /// Somebody made room in the bucket.
  @Test
  void ofAJobThatHasNothingButItsReportNothingBeginsAgain() throws Exception {
    var pipeline = job(_ -> false);
    pipeline.untilQuiet();
    for (var key : List.of(Keys.manifest(new JobId("old"), false), Keys.report(new JobId("old")))) {
      pipeline.store().put(key, new Content.Bytes(new byte[] {1}), new Condition.Always()).join();
    }
    pipeline.passes(DEADLINE.multipliedBy(2));

    assertThat(sweep(pipeline)).isEqualTo(counts());
    assertThat(pipeline.store().head(Keys.plan(new JobId("old"), 0)).join()).isEmpty();
  }

  @Test
  void aManifestOfAnotherNameAndAJobThatCannotBeReadStopNoOther() throws Exception {
    var pipeline = job(_ -> false);
    pipeline.simulation().until(() -> pipeline.effects().count() >= 60);
    pipeline.forget();
    for (var key :
        List.of("manifests/No Job.txt", "manifests/broken.txt", "plan/broken/00000.json.gz")) {
      pipeline
          .store()
          .put(key, new Content.Bytes(new byte[] {1, 2, 3}), new Condition.Always())
          .join();
    }
    pipeline.passes(DEADLINE.plusMinutes(31));

    var swept = sweep(pipeline);

    assertThat(swept.getOrDefault("failed", 0)).isOne();
    assertThat(swept.getOrDefault("overdue", 0)).isOne();
    assertThat(pipeline.lines())
        .anyMatch(line -> line.contains("\"job\":\"broken\"") && line.contains("\"failed\""));
    assertThat(pipeline.store().head(Keys.report(Sixty.JOB)).join()).isPresent();
  }
}
