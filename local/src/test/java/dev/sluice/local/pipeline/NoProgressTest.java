package dev.sluice.local.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.archive.Json;
import dev.sluice.flow.Message;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.local.pipeline.Effects.Fate;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import dev.sluice.memory.MemoryWeb;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// A job without a deadline that makes no progress: Lambda would end none of its chains, so they
/// end by themselves, and no line is lost.
@NullUnmarked // what a template names is there
class NoProgressTest {
  private static Pipeline pipeline(Effects.Plan plan) throws Exception {
    var parameters = new HashMap<>(Sixty.PARAMETERS);
    parameters.put("JobDeadlineSeconds", "0");
    parameters.put("HighWaterMessages", "2");
    parameters.put("LowWaterMessages", "1");
    MemoryWeb.Script script = Sixty::answer;
    return new Pipeline(
        7, parameters, Sixty.VARIABLES, script, World.of(7, plan, Delivery.ONCE, null));
  }

  /// With nobody to fetch.
  private static Pipeline held(Duration time) throws Exception {
    var pipeline = pipeline(Effects.Plan.NONE);
    pipeline.mapping("Fetch").stop();
    pipeline.submit(Sixty.JOB, Sixty.lines());
    pipeline.passes(time);
    return pipeline;
  }

  private static SortedMap<Long, String> undisturbed() throws Exception {
    var pipeline = pipeline(Effects.Plan.NONE);
    pipeline.submit(Sixty.JOB, Sixty.lines());
    pipeline.untilQuiet();
    return Sixty.outcomes(pipeline);
  }

  private static long gaveUp(Pipeline pipeline) throws Exception {
    return Sixty.outcomes(pipeline).values().stream()
        .filter(outcome -> outcome.startsWith("failed gave_up"))
        .count();
  }

  private static List<Message> kept(Pipeline pipeline) {
    return pipeline.store().list("undeliverable/", "").join().entries().stream()
        .map(entry -> pipeline.store().get(entry.key()).join().orElseThrow())
        .map(piece -> Json.read(Message.class, new String(piece.bytes(), UTF_8)))
        .toList();
  }

  @Test
  void aJobThatIsHeldBackForAlmostADayGoesOn() throws Exception {
    var pipeline = held(Duration.ofHours(23));

    pipeline.mapping("Fetch").goOn();
    pipeline.untilQuiet();

    assertThat(Sixty.wrong(pipeline, undisturbed())).isEmpty();
  }

  @Test
  void aJobThatIsHeldBackForLongerGivesUpAndItsChainEnds() throws Exception {
    var pipeline = held(Duration.ofHours(26));
    assertThat(pipeline.queue("SplitQueue").depth().total()).as("yields under way").isZero();

    pipeline.mapping("Fetch").goOn();
    pipeline.untilQuiet();

    assertThat(Sixty.wrong(pipeline)).isEmpty();
    assertThat(gaveUp(pipeline)).isGreaterThan(20);
  }

  private static Pipeline dying(int times, String deadly) throws Exception {
    var killed = new int[1];
    var pipeline =
        pipeline((_, what) ->
            what.startsWith(deadly) && killed[0]++ < times ? Fate.DIES_BEFORE : Fate.HAPPENS);
    pipeline.submit(Sixty.JOB, Sixty.lines());
    pipeline.untilQuiet();
    return pipeline;
  }

  /// Five times a letter, at first and each time that it is fed again.
  private static final int ALL = 5 * (Message.MOST_FED_AGAIN + 1);

  @Test
  void aPartThatDiesLongerThanItIsFedAgainGivesUp() throws Exception {
    assertThat(gaveUp(dying(ALL - 1, "Split puts plan/sixty/00001.json"))).isZero();

    var pipeline = dying(ALL, "Split puts plan/sixty/00001.json");

    assertThat(Sixty.wrong(pipeline)).isEmpty();
    assertThat(gaveUp(pipeline)).isGreaterThan(20);
    assertThat(kept(pipeline)).isEmpty();
  }

  @Test
  void aPartThatDiesOfGivingUpAsWellIsKept() throws Exception {
    var pipeline = dying(Integer.MAX_VALUE, "Split puts plan/sixty/00001.json");

    assertThat(kept(pipeline))
        .singleElement()
        .isInstanceOfSatisfying(
            SplitTask.Part.class,
            part -> {
              assertThat(part.part()).isEqualTo(1);
              assertThat(part.gaveUp())
                  .isEqualTo("sixty-1-0 came back from the dead-letter queue of split 48 times");
            });
  }

  @Test
  void aRebuildThatAlwaysDiesIsKept() throws Exception {
    var pipeline = dying(Integer.MAX_VALUE, "Report puts jobs");

    assertThat(kept(pipeline))
        .isNotEmpty()
        .allMatch(letter -> letter instanceof ReportTask.Rebuild);
  }
}
