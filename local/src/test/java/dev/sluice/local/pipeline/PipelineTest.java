package dev.sluice.local.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sluice.local.pipeline.Effects.Fate;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A job with every kind of outcome, from end to end on twins: whatever dies, is refused or comes
/// twice, it ends with one row for each line, as if nothing had been.
class PipelineTest {
  private static final long SEED = 1;

  private static final boolean PROOFS = Boolean.getBoolean("sluice.proofs");

  private static final Set<Fate> DEATHS = EnumSet.of(Fate.DIES_BEFORE, Fate.DIES_AFTER);

  /// Of a fate that is not tried at every effect: 108 points in all, or 60 for each delivery.
  private static final int DRAWN = PROOFS ? 60 : 3;

  /// A planted defect that so many do not find is not found.
  private static final int JOBS = PROOFS ? 2000 : 200;

  /// How messages come. Late ones are overtaken by others, so that they come in another order.
  enum Coming {
    ONCE(Delivery.ONCE, false),
    TWICE(Delivery.TWICE, false),
    SIDE_BY_SIDE(Delivery.SIDE_BY_SIDE, false),
    LATE(Delivery.ONCE, true),
    TWICE_AND_LATE(Delivery.TWICE, true),
    SIDE_BY_SIDE_AND_LATE(Delivery.SIDE_BY_SIDE, true);

    private final Delivery delivery;
    private final boolean late;

    Coming(Delivery delivery, boolean late) {
      this.delivery = delivery;
      this.late = late;
    }

    /// In the proofs: deaths are, unless messages come more than once *and* late; other faults are
    /// when they come once and at once. All would take too long.
    boolean isTriedEverywhere(Fate fate) {
      return DEATHS.contains(fate) ? !late || delivery == Delivery.ONCE : this == ONCE;
    }

    World world(Effects.Plan plan) {
      return late ? World.late(SEED, plan, delivery, null) : World.of(SEED, plan, delivery, null);
    }
  }

  /// One effect has this fate, and all others happen.
  private record Point(int number, Fate fate) {
    List<String> wrong(Coming coming, Map<Long, String> outcomes) {
      try {
        return PipelineTest.wrong(ended(Effects.Plan.at(number, fate), coming), outcomes);
      } catch (Exception stuck) {
        return List.of("it does not end: " + stuck);
      }
    }
  }

  private static List<Point> points(Coming coming, int effects) {
    return EnumSet.complementOf(EnumSet.of(Fate.HAPPENS)).stream()
        .flatMap(fate -> {
          var all = IntStream.range(0, effects).mapToObj(k -> new Point(k, fate)).toList();
          return (PROOFS && coming.isTriedEverywhere(fate) ? all : drawn(all)).stream();
        })
        .toList();
  }

  private static List<Point> drawn(List<Point> points) {
    var drawn = new ArrayList<>(points);
    Collections.shuffle(drawn, new Random(SEED));
    return drawn.subList(0, DRAWN);
  }

  private static Pipeline ended(Effects.Plan plan, Coming coming) throws Exception {
    var pipeline = Sixty.pipeline(SEED, coming.world(plan));
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
    return Sixty.outcomes(ended(Effects.Plan.NONE, Coming.ONCE));
  }

  @Test
  void undisturbedItHasEveryOutcome() throws Exception {
    var pipeline = ended(Effects.Plan.NONE, Coming.ONCE);

    assertThat(undisturbed().values())
        .contains("stored null 200", "stored null 404", "failed http 500", "failed connect null")
        .contains("stored null 200 cut by length", "stored null 200 cut by time")
        .contains("stored null 200 cut by disconnect");
    assertThat(wrong(pipeline, undisturbed())).isEmpty();
    assertThat(pipeline.timeouts()).isZero();
  }

  @Tag("proofs")
  @ParameterizedTest
  @EnumSource
  void whereverItDiesOrIsRefusedItEndsTheSame(Coming coming) throws Exception {
    var begun = System.nanoTime();
    var outcomes = undisturbed();
    var effects = ended(Effects.Plan.NONE, coming).effects().all();
    var points = points(coming, effects.size());

    var wrong =
        points.parallelStream()
            .flatMap(point ->
                point.wrong(coming, outcomes).stream()
                    .map(found -> point + ", " + effects.get(point.number()) + ": " + found))
            .toList();

    System.out.printf(
        "crash points: %s: %d at %d effects, in %.1f s%n",
        coming, points.size(), effects.size(), (System.nanoTime() - begun) / 1e9);
    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void howeverItsMessagesComeItEndsTheSame(Coming coming) throws Exception {
    var pipeline = ended(Effects.Plan.NONE, coming);

    assertThat(wrong(pipeline, undisturbed())).isEmpty();
    assertThat(pipeline.overtaken() > 0).isEqualTo(coming.late);
  }

  /// Of each seed: the list and how it is cut, who is first of what happens at the same time, and
  /// what goes wrong. A job is one thread and shares nothing with another, so as many run at once
  /// as there are cores.
  @Tag("proofs")
  @Test
  void whateverComesTogetherItEndsAsItShould() throws Exception {
    var begun = System.nanoTime();
    var oracle = RandomJob.oracle(undisturbed());
    var only = Long.getLong("sluice.seed");
    var first = only == null ? 1 : only;
    var last = only == null ? JOBS : only;

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
    for (var seed = 1; seed <= JOBS; seed++) {
      var found = RandomJob.Ended.of(seed, oracle, defect).wrong();
      if (!found.isEmpty()) {
        System.out.println(
            "planted " + defect + ": found in job " + seed + ": " + found.getFirst());
        return;
      }
    }
    fail(defect + " was not found in " + JOBS + " jobs");
  }
}
