package dev.sluice.local.command;

import static dev.sluice.local.command.Typed.sluice;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sluice demo` from end to end: its books against its rows.
@NullUnmarked // set before all tests
class DemoIT {
  private static final int URLS = 200;

  @TempDir static Path out;
  private static Typed demo;

  @BeforeAll
  static void demo() {
    demo = again();
  }

  private static Typed again() {
    return sluice("demo", "--urls", "" + URLS, "--seed", "7", "--json", "--out", out.toString());
  }

  @Test
  void theLastLineIsTheResultAndItsBooksBalance() {
    assertThat(demo.status()).isZero();
    assertThat(demo.lines()).hasSize(1);
    var json = demo.json();
    assertThat(json.path("accepted").asInt()).isEqualTo(URLS);
    assertThat(json.path("pending").asInt()).isZero();
    assertThat(json.path("balanced").asBoolean()).isTrue();
    assertThat(Path.of(json.path("report").asText())).isNotEmptyFile();
    for (var outcome : new String[] {"stored", "failed", "refused", "duplicate"}) {
      assertThat(json.path(outcome).asInt()).as(outcome).isPositive();
    }
    assertThat(json.path("faults").size()).isGreaterThanOrEqualTo(6);
    assertThat(json.path("faults").has("gave_up")).isFalse();
  }

  @Test
  void eachLineHasExactlyOneRowAndTheBooksCountThemSo() throws Exception {
    var json = demo.json();
    var rows = OutRows.of(out, json.path("job").asText());

    assertThat(OutRows.lines(out, json.path("job").asText()))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, URLS).boxed().toList());
    var outcomes = new HashMap<String, Integer>();
    var faults = new HashMap<String, Integer>();
    var bytes = 0L;
    for (var row : rows) {
      outcomes.merge(row.path("outcome").asText(), 1, Integer::sum);
      bytes += row.path("bytes_wire").asLong();
      if (!row.path("fault").isNull()) {
        faults.merge(row.path("fault").asText(), 1, Integer::sum);
      }
    }
    outcomes.forEach(
        (outcome, count) -> assertThat(json.path(outcome).asInt()).as(outcome).isEqualTo(count));
    assertThat(counts(json.path("faults"))).isEqualTo(faults);
    assertThat(json.path("bytes").asLong()).isEqualTo(bytes);
  }

  @Test
  void theSameSeedGivesTheSameCounts() {
    assertThat(withoutTimeAndPlace(again().json())).isEqualTo(withoutTimeAndPlace(demo.json()));
  }

  private static Map<String, Integer> counts(JsonNode faults) {
    var counts = new HashMap<String, Integer>();
    faults.properties().forEach(fault -> counts.put(fault.getKey(), fault.getValue().asInt()));
    return counts;
  }

  private static JsonNode withoutTimeAndPlace(JsonNode json) {
    return ((ObjectNode) json)
        .deepCopy()
        .without(java.util.List.of("job", "elapsed_s", "report", "bytes"));
  }
}
