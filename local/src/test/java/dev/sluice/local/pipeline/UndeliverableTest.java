package dev.sluice.local.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.archive.Json;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Message;
import dev.sluice.flow.TaskId;
import dev.sluice.local.pipeline.Effects.Fate;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Work that kills whoever does it, however often it is tried: it has an end all the same, and
/// costs nothing else.
@NullUnmarked // what a template names is there
class UndeliverableTest {
  /// The job, when all of these effects kill their invocation, the first so many times.
  private static Pipeline ended(int times, Predicate<String> deadly) throws Exception {
    var killed = new int[1];
    var pipeline =
        Sixty.pipeline(
            7,
            (_, what) -> deadly.test(what) && killed[0]++ < times ? Fate.DIES_BEFORE : Fate.HAPPENS,
            Delivery.ONCE);
    pipeline.submit(Sixty.JOB, Sixty.lines());
    pipeline.untilQuiet();
    return pipeline;
  }

  private static SortedMap<Long, String> undisturbed() throws Exception {
    return Sixty.outcomes(ended(0, _ -> false));
  }

  private static List<String> keys(Pipeline pipeline, String prefix) {
    return pipeline.store().list(prefix, "").join().entries().stream()
        .map(entry -> entry.key())
        .toList();
  }

  /// The messages that lie where what is undeliverable is kept.
  private static List<Message> kept(Pipeline pipeline) {
    return keys(pipeline, "undeliverable/").stream()
        .map(key -> pipeline.store().get(key).join().orElseThrow())
        .map(piece -> Json.read(Message.class, new String(piece.bytes(), UTF_8)))
        .toList();
  }

  /// Five times it dies and is fed again; five more, and each of its URLs gets a task of its own.
  @Test
  void aTaskThatDiesIsTriedAgainAndThenEachOfItsUrlsAlone() throws Exception {
    var pipeline = ended(10, what -> what.startsWith("Fetch puts warc/sixty/00000/0001-0"));

    assertThat(Sixty.wrong(pipeline)).isEmpty();
    assertThat(Sixty.outcomes(pipeline)).isEqualTo(undisturbed());
    assertThat(pipeline.lines()).filteredOn(line -> line.contains("\"fed_again\"")).hasSize(1);
    assertThat(pipeline.lines()).filteredOn(line -> line.contains("\"singled_out\"")).hasSize(1);
    assertThat(keys(pipeline, "warc/sixty/00000/0001.")).hasSizeGreaterThan(4);
    assertThat(kept(pipeline))
        .singleElement()
        .isInstanceOfSatisfying(
            FetchTask.class, task -> assertThat(task.task()).isEqualTo(TaskId.planned(1)));
  }

  @Test
  void fourDeathsCostNothing() throws Exception {
    var pipeline = ended(4, what -> what.startsWith("Fetch puts warc/sixty/00000/0001-0"));

    assertThat(Sixty.wrong(pipeline)).isEmpty();
    assertThat(Sixty.outcomes(pipeline)).isEqualTo(undisturbed());
    assertThat(pipeline.deadLetters()).isZero();
    assertThat(kept(pipeline)).isEmpty();
  }

  /// The first of its URLs kills whoever has it, alone as well: it is lost, and no other is.
  @Test
  void aUrlThatDiesAloneIsLostAndNoOther() throws Exception {
    var pipeline =
        ended(
            Integer.MAX_VALUE,
            what ->
                what.startsWith("Fetch puts warc/sixty/00000/0001-0")
                    || what.startsWith("Fetch puts warc/sixty/00000/0001.1-1"));

    assertThat(Sixty.wrong(pipeline)).isEmpty();
    var changed = new TreeMap<>(Sixty.outcomes(pipeline));
    changed.entrySet().removeAll(undisturbed().entrySet());
    assertThat(changed.values()).containsExactly("failed lost null");
  }

  @Test
  void anArchiveThatKillsExtractIsExtractedWithoutItsPages() throws Exception {
    var pipeline = ended(Integer.MAX_VALUE, what -> what.startsWith("Extract puts rows"));

    assertThat(Sixty.wrong(pipeline)).isEmpty();
    assertThat(Sixty.outcomes(pipeline)).isEqualTo(undisturbed());
    assertThat(pipeline.lines()).filteredOn(line -> line.contains("\"extracted\"")).isNotEmpty();
    assertThat(kept(pipeline)).isNotEmpty().allMatch(letter -> letter instanceof ExtractTask);
  }

  /// Whatever report does not enter, the books have in the end.
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 6, 11, 40})
  void aTallyThatDiesHasTheBooksRebuilt(int times) throws Exception {
    var pipeline = ended(times, what -> what.startsWith("Report puts jobs"));

    assertThat(Sixty.wrong(pipeline)).isEmpty();
    assertThat(Sixty.outcomes(pipeline)).isEqualTo(undisturbed());
    assertThat(pipeline.deadLetters() > 0).isEqualTo(times >= 5);
  }

  /// A part's chain goes on: it died between its plan and its sends (nobody else knows of them).
  @ParameterizedTest
  @ValueSource(strings = {"Split puts plan/sixty/00001.json", "Split sends sixty-1 to ReportQueue"})
  void aPartThatDiesGoesOn(String deadly) throws Exception {
    var pipeline = ended(7, what -> what.startsWith(deadly));

    assertThat(Sixty.wrong(pipeline)).isEmpty();
    assertThat(Sixty.outcomes(pipeline)).isEqualTo(undisturbed());
    assertThat(pipeline.deadLetters()).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"StartQueue", "SplitQueue", "ExtractQueue"})
  void whatNoVersionCanReadIsKeptByteForByte(String queue) throws Exception {
    var pipeline = Sixty.pipeline(7, Effects.Plan.NONE, Delivery.ONCE);
    var body = "{\"v\":2,\"type\":\"fetch\",\"job\":\"sixty\",\"what\":\"ü\"}";
    pipeline.queue(queue).sendBody(body);
    pipeline.submit(Sixty.JOB, Sixty.lines());
    pipeline.untilQuiet();

    assertThat(Sixty.wrong(pipeline)).isEmpty();
    var kept = keys(pipeline, "undeliverable/");
    assertThat(kept).hasSize(1);
    var bytes = pipeline.store().get(kept.getFirst()).join().orElseThrow().bytes();
    assertThat(new String(bytes, UTF_8)).isEqualTo(body);
  }

  /// Letters are delivered twice as well.
  @Test
  void aLetterThatComesTwiceIsOne() throws Exception {
    var killed = new int[1];
    var pipeline =
        Sixty.pipeline(
            7,
            (_, what) ->
                what.startsWith("Fetch puts warc/sixty/00000/0001-0") && killed[0]++ < 20
                    ? Fate.DIES_BEFORE
                    : Fate.HAPPENS,
            Delivery.TWICE);
    pipeline.submit(Sixty.JOB, Sixty.lines());
    pipeline.untilQuiet();

    assertThat(Sixty.wrong(pipeline)).isEmpty();
    assertThat(Sixty.outcomes(pipeline)).isEqualTo(undisturbed());
  }
}
