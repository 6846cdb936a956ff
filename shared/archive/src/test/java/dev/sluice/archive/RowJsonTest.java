package dev.sluice.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Row;
import dev.sluice.flow.Took;
import dev.sluice.flow.Visit;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowJsonTest {
  static Stream<Ending> endings() {
    return Stream.of(
            Stream.of(new Ending.Stored(), new Ending.Duplicate(Long.MAX_VALUE)),
            Arrays.stream(Fault.Failed.values())
                .map(fault -> new Ending.Failed(fault, "why \"x\"")),
            Arrays.stream(Fault.Refused.values()).map(fault -> new Ending.Refused(fault, "")))
        .flatMap(each -> each);
  }

  @ParameterizedTest
  @MethodSource("endings")
  void aVisitIsReadAsItWasWritten(Ending ending) {
    var never = Visit.never(1, "http://x.test/\u202e\n", ending);
    var full = full(ending);

    assertThat(read(RowJson.write(never).toString())).isEqualTo(never);
    assertThat(read(RowJson.write(full).toString())).isEqualTo(full);
    assertThat(read(RowJson.write(new Row(full, null, null)).toString())).isEqualTo(full);
  }

  @Test
  void aRowHasTheColumnsThatUsersKnowInTheirOrder() {
    var row =
        new Row(
            full(new Ending.Stored()),
            new Row.Place("warc/a.warc.gz", 5_000_000_000L, 77),
            new Row.Page("Title", 3, 1234));

    assertThat(RowJson.write(row).toString())
        .isEqualTo(
            "{\"line\":25600,\"url\":\"http://x.test/a\",\"outcome\":\"stored\",\"fault\":null,"
                + "\"detail\":null,\"attempts\":2,\"url_final\":\"http://x.test/b\","
                + "\"redirects\":[\"http://x.test/b\"],\"fetch_time\":\"2026-01-01T00:00:00Z\","
                + "\"fetch_status\":404,\"ip\":\"192.0.2.1\",\"took_ms\":{\"dns\":1,\"connect\":2,"
                + "\"tls\":null,\"first_byte\":3,\"body\":4,\"total\":10},\"bytes_wire\":5000000000,"
                + "\"bytes_body\":6,\"content_mime_type\":\"text/html\",\"content_charset\":\"utf-8\","
                + "\"content_digest\":\"sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\","
                + "\"content_truncated\":\"time\",\"warc_filename\":\"warc/a.warc.gz\","
                + "\"warc_record_offset\":5000000000,\"warc_record_length\":77,\"title\":\"Title\","
                + "\"links\":3,\"text_length\":1234}");
  }

  @Test
  void aDuplicateNamesTheLineItRepeats() {
    var row = RowJson.write(Visit.never(7, "http://x.test/", new Ending.Duplicate(3)));

    assertThat(row.path("outcome").textValue()).isEqualTo("duplicate");
    assertThat(row.path("fault").isNull()).isTrue();
    assertThat(row.path("detail").textValue()).isEqualTo("repeats line 3");
  }

  @Test
  void aWrongColumnIsRefusedByName() {
    var good = RowJson.write(full(new Ending.Failed(Fault.Failed.DNS, "no such name"))).toString();

    refused(
        good.replace("\"line\":25600", "\"line\":\"25600\""), "\"line\" must be a whole number");
    refused(good.replace("\"line\":25600,", ""), "\"line\" must be a whole number");
    refused(good.replace("\"url\":", "\"uri\":"), "\"url\" is missing");
    refused(good.replace("\"failed\"", "\"gone\""), "no such \"outcome\": gone");
    refused(good.replace("\"failed\"", "\"refused\""), "\"fault\" must be one of a refused row");
    refused(good.replace("\"dns\",", "null,"), "\"fault\" must be one of a failed row, got null");
    refused(good.replace("\"dns\",", "\"gremlin\","), "no such fault: \"gremlin\"");
  }

  private static void refused(String json, String said) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said);
  }

  private static Visit read(String json) {
    return RowJson.visit(Json.tree(json));
  }

  private static Visit full(Ending ending) {
    return new Visit(
        25_600,
        "http://x.test/a",
        ending,
        2,
        "http://x.test/b",
        List.of("http://x.test/b"),
        Instant.parse("2026-01-01T00:00:00Z"),
        404,
        "192.0.2.1",
        new Took(1, 2, null, 3, 4, 10),
        5_000_000_000L,
        6,
        "text/html",
        "utf-8",
        "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
        "time");
  }
}
