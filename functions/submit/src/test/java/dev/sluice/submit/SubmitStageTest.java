package dev.sluice.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.archive.Json;
import dev.sluice.async.Run;
import dev.sluice.async.Simulation;
import dev.sluice.flow.Counts;
import dev.sluice.flow.HeldBackTime;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.ReportTask;
import dev.sluice.memory.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubmitStageTest {
  private static final JobId JOB = new JobId("spring");

  private final MemoryStore store = new MemoryStore();
  private final SubmitStage stage = new SubmitStage(store, "bucket", key -> "put:" + key);
  private final Simulation simulation = new Simulation(1);

  private ApiAnswer answer(Function<Run, CompletionStage<ApiAnswer>> asked) throws Exception {
    return simulation.await(asked.apply(simulation.run(Duration.ofSeconds(20))));
  }

  private ApiAnswer post(String body) throws Exception {
    return answer(run -> stage.post(body, run));
  }

  private ApiAnswer get(String job) throws Exception {
    return answer(run -> stage.get(job, run));
  }

  @Test
  void urlsBecomeTheManifestOfTheJob() throws Exception {
    var answer = post("{\"job\":\"spring\",\"urls\":[\"http://a.example/\",\"garbage\"]}");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body().path("job").asText()).isEqualTo("spring");
    var manifest = store.get(Keys.manifest(JOB, false)).join().orElseThrow();
    assertThat(new String(manifest.bytes(), UTF_8)).isEqualTo("http://a.example/\ngarbage\n");
  }

  @Test
  void aLineMayHoldAnyOtherCharacter() throws Exception {
    post("{\"job\":\"spring\",\"urls\":[\"a\\uffff\\ufffe\\u0000\\u009f\\u2028\\ud83d\\ude00b\"]}");

    var manifest = store.get(Keys.manifest(JOB, false)).join().orElseThrow();
    assertThat(new String(manifest.bytes(), UTF_8))
        .isEqualTo("a\uffff\ufffe\u0000\u009f\u2028\ud83d\ude00b\n");
  }

  @Test
  void aJobWithoutANameGetsOneOfItsOwn() throws Exception {
    var one = post("{\"urls\":[]}").body().path("job").asText();
    var two = post("{\"urls\":[]}").body().path("job").asText();

    assertThat(one).startsWith("job-").isNotEqualTo(two);
    assertThat(store.head(Keys.manifest(new JobId(one), false)).join()).isPresent();
  }

  @Test
  void aJobThatIsThereIsNotReplaced() throws Exception {
    post("{\"job\":\"spring\",\"urls\":[\"http://a.example/\"]}");

    var answer = post("{\"job\":\"spring\",\"urls\":[\"http://b.example/\"]}");

    assertThat(answer.status()).isEqualTo(409);
    var manifest = store.get(Keys.manifest(JOB, false)).join().orElseThrow();
    assertThat(new String(manifest.bytes(), UTF_8)).isEqualTo("http://a.example/\n");
  }

  @Test
  void aNumberOfLinesIsAnsweredWithWhereToPutThem() throws Exception {
    var answer = post("{\"job\":\"spring\",\"lines\":2000000}");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body().path("put").asText()).isEqualTo("put:manifests/spring.txt");
    assertThat(store.head(Keys.manifest(JOB, false)).join()).as("nothing starts yet").isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "no json                          | not JSON: Unrecognized token 'no'",
        "[]                               | must be a JSON object, got []",
        "{}                               | the body must have \"urls\"",
        "{\"urls\":\"http://a.example\"}  | the body must have \"urls\"",
        "{\"urls\":[1]}                   | \"urls\" must be texts of one line that UTF-8",
        "{\"urls\":[\"a\\nb\"]}           | got \"a\\nb\"",
        "{\"urls\":[\"a\\n\",\"b\"]}     | got \"a\\n\"",
        "{\"urls\":[\"\\na\"]}            | got \"\\na\"",
        "{\"urls\":[\" \"]}               | got \" \"",
        "{\"urls\":[\" # no\"]}           | got \" # no\"",
        "{\"urls\":[\"\\ufeff\"]}      | texts of one line",
        "{\"urls\":[\"\\ufeff # no\"]}| texts of one line",
        "{\"urls\":[\"a\\ud83db\"]}    | that UTF-8 can hold",
        "{\"job\":\"No Good\",\"urls\":[]}| got \"No Good\"",
        "{\"job\":7,\"urls\":[]}          | \"job\" must be a text, got 7",
        "{\"lines\":-1}                   | \"lines\" must be at least 0, got -1"
      })
  void aBodyThatIsWrongIsRefusedWithTheValue(String body, String sentence) throws Exception {
    var answer = post(body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().path("error").asText()).contains(sentence);
  }

  @Test
  void theBooksAreShownAsTheyAre() throws Exception {
    var counts = new Counts(0, 0, 1, 0, Map.of("bad_url", 1L), 0);
    var ledger =
        Ledger.empty(JOB)
            .with(new ReportTask.Planned(JOB, 0, 3, counts, 1, true, true, null), simulation.now());
    store.put(Keys.ledger(JOB), new Content.Bytes(Json.bytes(ledger)), new Condition.IfAbsent());

    var answer = get("spring");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().toString())
        .isEqualTo(
            "{\"job\":\"spring\",\"accepted\":3,\"stored\":0,\"failed\":0,\"refused\":1,"
                + "\"duplicate\":0,\"pending\":2,\"balanced\":true,\"duplicates\":\"exact\",\"faults\":{\"bad_url\":1},"
                + "\"bytes\":0,\"elapsed_s\":0.0,\"out\":\"s3://bucket\","
                + "\"report\":\"s3://bucket/report/spring/index.html\"}");
  }

  @Test
  void theBooksSayWhenAndHowLongSplitWasHeldBack() throws Exception {
    var since = Instant.parse("2026-03-01T12:00:00Z");
    var held = new ReportTask.HeldBack(JOB, new HeldBackTime(since, since.plusSeconds(90), 4_200));
    var ledger = Ledger.empty(JOB).with(held, simulation.now());
    store.put(Keys.ledger(JOB), new Content.Bytes(Json.bytes(ledger)), new Condition.IfAbsent());

    assertThat(get("spring").body().path("held_back").toString())
        .isEqualTo(
            "{\"since\":\"2026-03-01T12:00:00Z\",\"until\":\"2026-03-01T12:01:30Z\","
                + "\"seconds\":4.2}");
  }

  @Test
  void aJobThatNothingWasEnteredForIsShownWithEmptyBooks() throws Exception {
    post("{\"job\":\"spring\",\"urls\":[\"http://a.example/\"]}");

    assertThat(get("spring").body().path("accepted").asInt()).isZero();
    assertThat(get("spring").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no state", "{}", "null", ""})
  void booksThatCannotBeReadAreShownAsIfNothingWasEntered(String state) throws Exception {
    post("{\"job\":\"spring\",\"urls\":[\"http://a.example/\"]}");
    store.put(Keys.ledger(JOB), new Content.Bytes(state.getBytes(UTF_8)), new Condition.Always());

    assertThat(get("spring")).isEqualTo(fresh());
  }

  private ApiAnswer fresh() throws Exception {
    var other = new SubmitStageTest();
    other.post("{\"job\":\"spring\",\"urls\":[\"http://a.example/\"]}");
    return other.get("spring");
  }

  @Test
  void aJobThatIsNotThereIs404AndAWrongName400() throws Exception {
    assertThat(get("autumn")).isEqualTo(ApiAnswer.wrong(404, "there is no job autumn"));
    assertThat(get("No Good").status()).isEqualTo(400);
  }
}
