package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.flow.Books;
import dev.sluice.flow.Counts;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.HeldBackTime;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.Message;
import dev.sluice.flow.Plan;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static final JobId JOB = new JobId("spring");
  private static final Instant DEADLINE = Instant.parse("2026-03-01T12:00:00.123456789Z");
  private static final Counts COUNTS = new Counts(7, 2, 1, 3, Map.of("dns", 2L, "scheme", 1L), 99);

  static Stream<Message> messages() {
    return Stream.of(
        new SplitTask.Part(JOB, "manifests/spring.txt", "\"e\"", 1, 2, 3, 4, DEADLINE, 5, 6, "why"),
        new SplitTask.Leftovers(
            JOB, 1, new TaskId("0007.2"), 3, 4, 5, DEADLINE, Instant.MAX, 6, "why"),
        new FetchTask(
            JOB,
            1,
            new TaskId("0007.2"),
            255,
            List.of(
                new Target(
                    9,
                    "http://x.test/",
                    "\u00e9 \"\\\n\u202e",
                    1,
                    List.of("http://y/"),
                    2,
                    0,
                    DEADLINE),
                Target.first(10, "http://x.test/2", "2")),
            DEADLINE,
            1,
            "why"),
        new ExtractTask(JOB, 1, new TaskId("0007")),
        new ReportTask.Planned(JOB, 1, 13, COUNTS, 4, true, true, "it broke"),
        new ReportTask.RowsStored(JOB, 1, new TaskId("0007.1.1"), COUNTS, 5),
        new ReportTask.HeldBack(JOB, new HeldBackTime(DEADLINE.minusSeconds(9), DEADLINE, 5_000)),
        new ReportTask.Rebuild(JOB, "sweep-1", 3, 4));
  }

  /// What version 1 did not have at first.
  private static final Set<String> GREW = Set.of("idleTurns", "gaveUp");

  /// Since the first day in tasks to fetch and to extract alone.
  private static boolean grew(Message message, String name) {
    return GREW.contains(name)
        || (name.equals("fedAgain")
            && (message instanceof SplitTask || message instanceof ReportTask));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aMessageIsReadAsItWasWritten(Message message) {
    assertThat(Json.read(Message.class, Json.write(message))).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aMessageNamesItsVersionAndType(Message message) {
    var json = Json.tree(Json.write(message));

    assertThat(json.path("v").intValue()).isEqualTo(1);
    assertThat(json.path("type").textValue()).matches("[a-z_]+");
    assertThat(json.path("job").textValue()).isEqualTo("spring");
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyFieldMustBeThere(Message message) {
    for (var name : fields(message)) {
      if (grew(message, name)) {
        continue;
      }
      var json = Json.tree(Json.write(message)).deepCopy();
      ((ObjectNode) json).remove(name);

      assertThatThrownBy(() -> Json.read(Message.class, json.toString()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + name + "\"");
    }
  }

  /// It was written before there was such a field, and is still under way.
  @ParameterizedTest
  @MethodSource("messages")
  void whatTheVersionGrewByMayBeMissing(Message message) {
    var json = (ObjectNode) Json.tree(Json.write(message)).deepCopy();
    json.remove(fields(message).stream().filter(name -> grew(message, name)).toList());

    assertThat(Json.read(Message.class, json.toString()))
        .isEqualTo(
            switch (message) {
              case SplitTask.Part part ->
                  new SplitTask.Part(
                      part.job(),
                      part.manifest(),
                      part.etag(),
                      part.part(),
                      part.offset(),
                      part.line(),
                      part.firstTask(),
                      part.deadline());
              case SplitTask.Leftovers left ->
                  new SplitTask.Leftovers(
                      left.job(),
                      left.part(),
                      left.task(),
                      left.group(),
                      left.offset(),
                      left.length(),
                      left.notBefore(),
                      left.deadline());
              case FetchTask task -> task.givingUp(null);
              case ReportTask.Rebuild rebuild ->
                  new ReportTask.Rebuild(rebuild.job(), rebuild.reason(), rebuild.part(), 0);
              case ExtractTask _, ReportTask _ -> message;
            });
  }

  @Test
  void aPlanOfBeforeIsRead() {
    var target = Target.first(1, "http://x.test/", "http://x.test/");
    var task = new FetchTask(JOB, 0, TaskId.planned(0), 1, List.of(target), DEADLINE);
    var plan = new Plan(JOB, 0, "e", 1, List.of(), List.of(task), true, "", true, null, 15, 2);
    var json = new String(Json.bytes(plan), UTF_8);

    assertThat(json).contains(",\"gaveUp\":null");
    var before = json.replace(",\"gaveUp\":null", "");
    assertThat(Json.read(Plan.class, before.getBytes(UTF_8))).isEqualTo(plan);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void noFieldMayBeNullButWhyAListWasNotReadAndWhyAJobGaveUp(Message message) {
    for (var name : fields(message)) {
      var json = Json.tree(Json.write(message)).deepCopy();
      ((ObjectNode) json).putNull(name);
      if (name.equals("unread") || name.equals("gaveUp")) {
        assertThat(Json.read(Message.class, json.toString())).hasSameClassAs(message);
        continue;
      }

      assertThatThrownBy(() -> Json.read(Message.class, json.toString()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + name + "\"");
    }
  }

  private static List<String> fields(Message message) {
    var names = new ArrayList<String>();
    Json.tree(Json.write(message)).fieldNames().forEachRemaining(names::add);
    names.remove("v");
    return names;
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "\"job\":5 | \"job\"",
        "\"job\":{} | \"job\"",
        "\"job\":\"No Job\" | \"job\"",
        "\"part\":\"0\" | \"part\"",
        "\"part\":1.5 | \"part\"",
        "\"part\":true | \"part\"",
        "\"part\":99999999999 | \"part\"",
        "\"part\":-1 | part must be at least 0, got -1",
        "\"task\":7 | \"task\"",
        "\"task\":\"seven\" | \"task\"",
        "\"v\":2 | ~\"v\" must be 1, got 2~",
        "\"v\":\"1\" | ~\"v\" must be 1, got \"1\"~",
        "\"type\":\"gremlin\" | ~\"type\" must be that of a ExtractTask, got \"gremlin\"~",
        "\"type\":\"fetch\" | ~\"type\" must be that of a ExtractTask, got \"fetch\"~"
      })
  void aWrongValueIsRefusedByName(String wrong, String named) {
    var field = wrong.substring(0, wrong.indexOf(':'));
    var good = Json.write(new ExtractTask(JOB, 0, TaskId.planned(7)));
    var body = good.replaceFirst(field + ":(\"[^\"]*\"|\\d+)", wrong);

    assertThat(body).isNotEqualTo(good);
    assertThatThrownBy(() -> Json.read(ExtractTask.class, body))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }

  @Test
  void textIsNeverMadeOfANumber() {
    var body = "{\"v\":1,\"type\":\"rebuild\",\"job\":\"spring\",\"reason\":5}";

    assertThatThrownBy(() -> Json.read(ReportTask.class, body)).hasMessageContaining("\"reason\"");
  }

  @Test
  void aNullInAListIsRefusedByItsPlace() {
    var body =
        "{\"v\":1,\"type\":\"fetch\",\"job\":\"spring\",\"part\":0,\"task\":\"0000\",\"hostGroup\":0,"
            + "\"targets\":[null],\"deadline\":\"2026-01-01T00:00:00Z\"}";

    assertThatThrownBy(() -> Json.read(FetchTask.class, body))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"targets.0\"");
  }

  @Test
  void aTargetHasNothingThatGoesWithoutSaying() {
    var task =
        new FetchTask(
            JOB,
            0,
            TaskId.planned(7),
            0,
            List.of(Target.first(9, "http://x.test/", "http://x.test/")),
            DEADLINE);

    assertThat(Json.write(task)).contains("[{\"line\":9,\"url\":\"http://x.test/\"}]");
    assertThat(Json.read(FetchTask.class, Json.write(task))).isEqualTo(task);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "{} | ~\"line\" must be a whole number, got nothing~",
        "{\"line\":\"1\",\"url\":\"u\"} | ~\"line\" must be a whole number, got \"1\"~",
        "{\"line\":1.5,\"url\":\"u\"} | ~\"line\" must be a whole number, got 1.5~",
        "{\"line\":0,\"url\":\"u\"} | line must be at least 1, got 0",
        "{\"line\":1} | ~\"url\" must be text, got nothing~",
        "{\"line\":1,\"url\":null} | ~\"url\" must be text, got null~",
        "{\"line\":1,\"url\":\"u\",\"listed\":5} | ~\"listed\" must be text, got 5~",
        "{\"line\":1,\"url\":\"u\",\"attempts\":\"2\"} | ~\"attempts\" must be a whole number~",
        "{\"line\":1,\"url\":\"u\",\"redirects\":\"v\"} | ~\"redirects\" must be an array~",
        "{\"line\":1,\"url\":\"u\",\"redirects\":[1]} | ~\"redirects\" must be text, got 1~"
      })
  void aWrongTargetIsRefusedByNameAndPlace(String target, String named) {
    var body =
        "{\"v\":1,\"type\":\"fetch\",\"job\":\"spring\",\"part\":0,\"task\":\"0000\",\"hostGroup\":0,"
            + "\"targets\":["
            + target
            + "],\"deadline\":\"2026-01-01T00:00:00Z\",\"fedAgain\":0}";

    assertThatThrownBy(() -> Json.read(FetchTask.class, body))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"targets.0\"")
        .hasMessageContaining(named);
  }

  @Test
  void aFieldThatIsNotKnownIsPassedOver() {
    var task = new ExtractTask(JOB, 0, TaskId.planned(7));
    var body = Json.write(task).replaceFirst("\\{", "{\"new\":{\"deep\":[1]},");

    assertThat(Json.read(ExtractTask.class, body)).isEqualTo(task);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "~~ | must be a JSON object, got nothing",
        "null | must be a JSON object, got null",
        "[] | must be a JSON object, got []",
        "{ | not JSON",
        "{} {} | not JSON",
        "garbage | not JSON"
      })
  void whatIsNoObjectIsRefused(String body, String said) {
    assertThatThrownBy(() -> Json.read(Message.class, body))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "null", "[]", "{}", "{"})
  void whatHoldsNoRecordIsNoneAndNoNull(String json) {
    assertThatThrownBy(() -> Json.read(Ledger.class, json.getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Json.ledger(json.getBytes(UTF_8))).isEmpty();
  }

  @Test
  void aRecordMayHoldNullsWhereItSaysSo() {
    var ledger =
        Ledger.empty(JOB)
            .with(new ReportTask.RowsStored(JOB, 2, new TaskId("0001"), COUNTS, 1), DEADLINE);

    assertThat(Json.read(Ledger.class, Json.bytes(ledger))).isEqualTo(ledger);
    assertThat(Json.read(Books.class, Json.bytes(Books.empty(JOB)))).isEqualTo(Books.empty(JOB));
    assertThat(new String(Json.bytes(Books.empty(JOB)), UTF_8)).contains("null");
  }

  /// As where a sentence was cut in the middle of one.
  @Test
  void halfASurrogatePairIsKeptInARecord() {
    var ledger =
        Ledger.empty(JOB)
            .with(
                new ReportTask.Planned(JOB, 1, 13, COUNTS, 4, true, true, "it broke at \ud83d"),
                DEADLINE);

    assertThat(Json.read(Ledger.class, Json.bytes(ledger))).isEqualTo(ledger);
  }
}
