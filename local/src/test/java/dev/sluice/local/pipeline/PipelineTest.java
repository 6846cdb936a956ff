package dev.sluice.local.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.local.pipeline.Effects.Fate;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A job with every kind of outcome, from end to end on twins: whatever dies, is refused or comes
/// twice, it ends with one row for each line, as if nothing had been.
class PipelineTest {
  private static final long SEED = 1;
  private static final List<Fate> FAULTS = List.of(Fate.DIES_BEFORE, Fate.DIES_AFTER, Fate.REFUSED);
  private static final List<Delivery> DELIVERIES = List.of(Delivery.values());

  private static Pipeline ended(Effects.Plan plan, Delivery delivery) throws Exception {
    var pipeline = Sixty.pipeline(SEED, plan, delivery);
    pipeline.submit(Sixty.JOB, Sixty.lines());
    pipeline.untilQuiet();
    return pipeline;
  }

  /// What is wrong with it.
  private static List<String> wrong(Pipeline pipeline, Map<Long, String> outcomes)
      throws Exception {
    var job = new Job(pipeline.store(), Sixty.JOB);
    var wrong = new ArrayList<>(job.wrong(Sixty.LINES));
    wrong.addAll(pipeline.wrong());
    if (!job.outcomes().equals(outcomes)) {
      wrong.add("the outcomes " + job.outcomes());
    }
    if (pipeline.deadLetters() > 0) {
      wrong.add(pipeline.deadLetters() + " dead letters");
    }
    return wrong;
  }

  private static Map<Long, String> undisturbed() throws Exception {
    return new Job(ended(Effects.Plan.NONE, Delivery.ONCE).store(), Sixty.JOB).outcomes();
  }

  @Test
  void undisturbedItHasEveryOutcome() throws Exception {
    var pipeline = ended(Effects.Plan.NONE, Delivery.ONCE);

    assertThat(undisturbed().values())
        .contains("stored null 200", "stored null 404", "failed http 500", "failed connect null");
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

  /// Of each seed: who is first of what happens at the same time, up to four faults, and how often
  /// messages come. Four, because the fifth receive of a message ends among the dead letters.
  @Test
  void whateverComesTogetherItEndsTheSame() throws Exception {
    var outcomes = undisturbed();
    var only = Long.getLong("sluice.seed");
    var first = only == null ? 1 : only;
    var last = only == null ? Integer.getInteger("sluice.jobs", 100) : only;
    for (var seed = first; seed <= last; seed++) {
      var random = new SplittableRandom(seed);
      var faults = new HashMap<Integer, Fate>();
      for (var i = random.nextInt(5); i > 0; i--) {
        faults.put(random.nextInt(200), FAULTS.get(random.nextInt(FAULTS.size())));
      }
      var pipeline =
          Sixty.pipeline(
              seed,
              (number, _) -> faults.getOrDefault(number, Fate.HAPPENS),
              DELIVERIES.get(random.nextInt(DELIVERIES.size())));
      pipeline.submit(Sixty.JOB, Sixty.lines());
      pipeline.untilQuiet();

      assertThat(wrong(pipeline, outcomes))
          .as(
              "seed %d with %s; again with: mvn -pl local -am test -Dtest=PipelineTest"
                  + " -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.seed=%d",
              seed, faults, seed)
          .isEmpty();
    }
    System.out.println("jobs: " + (last - first + 1));
  }
}
