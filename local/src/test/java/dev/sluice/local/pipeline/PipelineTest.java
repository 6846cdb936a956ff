package dev.sluice.local.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sluice.local.pipeline.Effects.Fate;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A job with every kind of outcome, from end to end on twins: whatever dies, is refused or comes
/// twice, it ends with one row for each line, as if nothing had been.
class PipelineTest {
  private static final long SEED = 1;

  /// As many as are run without one: a planted defect that they do not find is not found.
  private static final int MOST_JOBS = 2000;

  private static Pipeline ended(Effects.Plan plan, Delivery delivery) throws Exception {
    var pipeline = Sixty.pipeline(SEED, plan, delivery);
    pipeline.submit(Sixty.JOB, Sixty.lines());
    pipeline.untilQuiet();
    return pipeline;
  }

  /// What is wrong with it.
  private static List<String> wrong(Pipeline pipeline, Map<Long, String> outcomes)
      throws Exception {
    var wrong = Sixty.wrong(pipeline, outcomes);
    if (pipeline.deadLetters() > 0) {
      wrong.add(pipeline.deadLetters() + " dead letters");
    }
    return wrong;
  }

  private static SortedMap<Long, String> undisturbed() throws Exception {
    return Sixty.outcomes(ended(Effects.Plan.NONE, Delivery.ONCE));
  }

  @Test
  void undisturbedItHasEveryOutcome() throws Exception {
    var pipeline = ended(Effects.Plan.NONE, Delivery.ONCE);

    assertThat(undisturbed().values())
        .contains("stored null 200", "stored null 404", "failed http 500", "failed connect null")
        .contains("stored null 200 cut by length", "stored null 200 cut by time")
        .contains("stored null 200 cut by disconnect");
    assertThat(wrong(pipeline, undisturbed())).isEmpty();
    assertThat(pipeline.timeouts()).isZero();
  }

  @ParameterizedTest
  @EnumSource(value = Fate.class, names = "HAPPENS", mode = EnumSource.Mode.EXCLUDE)
  void whereverItDiesOrIsRefusedItEndsTheSame(Fate fate) throws Exception {
    var outcomes = undisturbed();
    var effects = ended(Effects.Plan.NONE, Delivery.ONCE).effects().all();
    var wrong = new ArrayList<String>();
    for (var k = 0; k < effects.size(); k++) {
      try {
        var found = wrong(ended(Effects.Plan.at(k, fate), Delivery.ONCE), outcomes);
        if (!found.isEmpty()) {
          wrong.add(fate + " at " + k + ", " + effects.get(k) + ": " + found);
        }
      } catch (IllegalStateException stuck) {
        wrong.add(fate + " at " + k + ", " + effects.get(k) + ": " + stuck.getMessage());
      }
    }
    System.out.println("crash points: " + effects.size() + " " + fate);
    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Delivery.class)
  void howeverOftenItsMessagesComeItEndsTheSame(Delivery delivery) throws Exception {
    assertThat(wrong(ended(Effects.Plan.NONE, delivery), undisturbed())).isEmpty();
  }

  /// Of each seed: the list and how it is cut, who is first of what happens at the same time, and
  /// what goes wrong. A job is one thread and shares nothing with another, so as many run at once
  /// as there are cores.
  @Test
  void whateverComesTogetherItEndsAsItShould() throws Exception {
    var begun = System.nanoTime();
    var oracle = RandomJob.oracle(undisturbed());
    var only = Long.getLong("sluice.seed");
    var first = only == null ? 1 : only;
    var last = only == null ? Integer.getInteger("sluice.jobs", 2000) : only;

    var all =
        LongStream.rangeClosed(first, last)
            .parallel()
            .mapToObj(seed -> RandomJob.Ended.of(seed, oracle, null))
            .toList();

    System.out.printf(
        "random jobs: %d in %.1f s, %s%n",
        all.size(),
        (System.nanoTime() - begun) / 1e9,
        all.stream()
            .map(RandomJob.Ended::counts)
            .reduce(RandomJob.Counts.NONE, RandomJob.Counts::plus));
    assertThat(all.stream().filter(job -> !job.wrong().isEmpty()))
        .map(job ->
            job.wrong()
                + "; again with: mvn -pl local -am test -Dtest=PipelineTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.seed="
                + job.seed())
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aPlantedDefectIsFound(Defect defect) throws Exception {
    var oracle = RandomJob.oracle(undisturbed());
    for (var seed = 1; seed <= MOST_JOBS; seed++) {
      var found = RandomJob.Ended.of(seed, oracle, defect).wrong();
      if (!found.isEmpty()) {
        System.out.println(
            "planted " + defect + ": found in job " + seed + ": " + found.getFirst());
        return;
      }
    }
    fail(defect + " was not found in " + MOST_JOBS + " jobs");
  }
}
