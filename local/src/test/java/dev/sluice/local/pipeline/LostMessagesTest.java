package dev.sluice.local.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.archive.JobAudit;
import dev.sluice.async.Deadline;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// After every effect of a job all of its messages are lost and all that ran is killed, as when the
/// machine goes away. What a walk finds in the bucket is enough to end it as if nothing had been.
@NullUnmarked // what a template names is there
class LostMessagesTest {
  /// From one effect to the next that all is lost after.
  private static final int STEP = Boolean.getBoolean("sluice.proofs") ? 1 : 5;

  private static final int PARTS = 3;
  private static final int PART_LINES = Integer.parseInt(Sixty.VARIABLES.get("PART_LINES"));
  private static final List<String> ANEW =
      List.of("http://h0.example/page/new", "ftp://h0.example/", "http://h1.example/page/new");

  private static Pipeline begun(int effects) throws Exception {
    var pipeline = Sixty.pipeline(7, Effects.Plan.NONE, Delivery.ONCE);
    pipeline.submit(Sixty.JOB, Sixty.lines());
    pipeline.simulation().until(() -> pipeline.effects().count() >= effects);
    pipeline.forget();
    return pipeline;
  }

  /// Sends what the walk names, as a resumed run does.
  private static JobAudit.Audited walk(Pipeline pipeline) throws Exception {
    var manifest = Keys.manifest(Sixty.JOB, false);
    var head = pipeline.store().head(manifest).join().orElseThrow();
    var run = pipeline.simulation().run(Duration.ofMinutes(5));
    var walked =
        pipeline
            .simulation()
            .await(
                JobAudit.over(
                    pipeline.store(),
                    SplitTask.Part.first(manifest, head.etag(), head.modified(), Duration.ZERO),
                    new JobAudit.Repair() {
                      @Override
                      public CompletionStage<?> plan(SplitTask.Part part) {
                        return send("SplitQueue", part);
                      }

                      @Override
                      public CompletionStage<?> archive(FetchTask task) {
                        return send("FetchQueue", task);
                      }

                      @Override
                      public CompletionStage<?> rows(ExtractTask task) {
                        return send("ExtractQueue", task);
                      }

                      private CompletionStage<?> send(String queue, Message message) {
                        return pipeline.queue(queue).send(message, Deadline.NEVER);
                      }
                    },
                    run));
    if (walked.foundAll()) {
      pipeline
          .queue("ReportQueue")
          .send(new ReportTask.Rebuild(Sixty.JOB, "walk"), Deadline.NEVER)
          .join();
    }
    pipeline.wake();
    pipeline.untilQuiet();
    return walked;
  }

  @Tag("proofs")
  @Test
  void whereverAllIsLostTheWalkFindsIt() throws Exception {
    var undisturbed = begun(0);
    walk(undisturbed);
    var outcomes = Sixty.outcomes(undisturbed);
    var effects = undisturbed.effects().count();
    assertThat(Sixty.wrong(undisturbed, outcomes)).isEmpty();

    var wrong = new ArrayList<String>();
    var archives = 0;
    var rows = 0;
    for (var k = 1; k < effects - 1; k += STEP) {
      var pipeline = begun(k);
      var walked = walk(pipeline);
      archives += walked.archives();
      rows += walked.rows();
      var found = Sixty.wrong(pipeline, outcomes);
      if (!found.isEmpty()) {
        wrong.add("after effect " + k + ", " + walked + ": " + found);
      }
    }

    System.out.println("losses: " + effects);
    assertThat(wrong).isEmpty();
    // It went on from where it was, and did not begin again.
    assertThat(archives).isGreaterThan(effects / STEP);
    assertThat(rows).isGreaterThan(effects / STEP / 10);
  }

  /// Parts that are planned keep to their list, wherever they were left, and no part is of another.
  @Tag("proofs")
  @Test
  void whereverAllIsLostAListThatIsPutAnewBeginsNoPartOfTheFirst() throws Exception {
    var undisturbed = begun(0);
    walk(undisturbed);
    var outcomes = Sixty.outcomes(undisturbed);
    var wrong = new ArrayList<String>();
    var left = new TreeMap<Integer, Integer>();
    for (var k = 1; left.getOrDefault(PARTS, 0) < 50 / STEP; k += STEP) {
      var pipeline = begun(k);
      var planned = planned(pipeline);
      left.merge(planned, 1, Integer::sum);
      putAnew(pipeline);
      var walked = walk(pipeline);
      var found =
          planned == 0
              ? wrong(pipeline, ANEW.size(), false)
              : wrong(pipeline, Math.min(Sixty.LINES, planned * PART_LINES), planned < PARTS);
      if (planned > 0 && !outcomes.entrySet().containsAll(Sixty.outcomes(pipeline).entrySet())) {
        found.add("the outcomes " + Sixty.outcomes(pipeline));
      }
      if (!found.isEmpty()) {
        wrong.add("after effect " + k + ", " + planned + " planned, " + walked + ": " + found);
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(left.keySet()).as("parts that were planned").containsExactly(0, 1, 2, PARTS);
  }

  private static void putAnew(Pipeline pipeline) {
    pipeline
        .store()
        .put(
            Keys.manifest(Sixty.JOB, false),
            new Content.Bytes((String.join("\n", ANEW) + "\n").getBytes(UTF_8)),
            new Condition.Always())
        .join();
  }

  /// What is wrong with a job of so many lines.
  private static List<String> wrong(Pipeline pipeline, int lines, boolean unread) throws Exception {
    if (pipeline.store().head(Keys.ledger(Sixty.JOB)).join().isEmpty()) {
      return new ArrayList<>(List.of("there are no books"));
    }
    var job = new Job(pipeline.store(), Sixty.JOB);
    var wrong = new ArrayList<>(job.wrong(lines));
    wrong.addAll(pipeline.wrong());
    if (job.isUnread() != unread) {
      wrong.add("the books say" + (unread ? " nothing" : "") + " of lines that were not read");
    }
    return wrong;
  }

  private static int planned(Pipeline pipeline) {
    return (int)
        IntStream.range(0, PARTS)
            .filter(part -> pipeline.store().head(Keys.plan(Sixty.JOB, part)).join().isPresent())
            .count();
  }

  /// The books and the report are caches.
  @Test
  void aJobThatLacksNothingButItsBooksGetsThemBack() throws Exception {
    var pipeline = begun(0);
    walk(pipeline);
    var before = Sixty.outcomes(pipeline);
    pipeline
        .store()
        .put(
            Keys.ledger(Sixty.JOB),
            new Content.Bytes("no state".getBytes(UTF_8)),
            new Condition.Always())
        .join();
    pipeline.forget();

    walk(pipeline);

    assertThat(Sixty.wrong(pipeline, before)).isEmpty();
  }
}
