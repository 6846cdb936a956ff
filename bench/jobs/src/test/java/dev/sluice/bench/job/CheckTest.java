package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.archive.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three lines, the third of which hangs; each test spoils one thing.
class CheckTest {
  private static final Shape SHAPE = new Shape(3, 1, 3, 1);
  private static final List<String> LINES =
      List.of(
          "http://127.0.1.1:80/jar/a.html",
          "http://127.0.1.1:80/jar/b.html?again=1",
          "http://127.0.1.1:80/hang/jar/a.html");
  private static final JavadocPages PAGES =
      new JavadocPages(List.of(page("/jar/a.html", 100), page("/jar/b.html", 200)));

  private final List<ObjectNode> rows =
      new ArrayList<>(List.of(stored(1, 100, 20), stored(2, 200, 30), timedOut(3)));
  private final ObjectNode books =
      Json.object()
          .put("accepted", 3)
          .put("stored", 2)
          .put("failed", 1)
          .put("refused", 0)
          .put("duplicate", 0)
          .put("pending", 0)
          .put("balanced", true)
          .put("bytes", 240);

  CheckTest() {
    books.putObject("faults").put("timeout", 1);
  }

  private static JavadocPages.Page page(String path, long length) {
    return new JavadocPages.Page(Path.of("jar"), path, path, length);
  }

  private static ObjectNode row(int line) {
    return Json.object().put("line", line).put("url", LINES.get(line - 1));
  }

  private static ObjectNode stored(int line, int length, int millis) {
    var row = row(line).put("outcome", "stored").putNull("fault").putNull("detail");
    row.put("attempts", 1).put("fetch_status", 200).put("bytes_wire", 120);
    row.put("bytes_body", length).putNull("content_truncated");
    row.putObject("took_ms").put("total", millis);
    return row;
  }

  private static ObjectNode timedOut(int line) {
    return row(line)
        .put("outcome", "failed")
        .put("fault", "timeout")
        .put("detail", "first_byte took more than 2000 ms")
        .put("attempts", 3)
        .put("bytes_wire", 0);
  }

  private Check.CheckResult verdict() {
    var check = new Check(SHAPE, LINES, PAGES);
    rows.forEach(row -> check.row(row, "rows/list/0/0000-0.jsonl.gz"));
    return check.against(books);
  }

  private String onlyWrong() {
    var wrong = verdict().wrong();
    assertThat(wrong).hasSize(1);
    return wrong.getFirst();
  }

  @Test
  void nothingIsWrongWithRowsThatAgreeWithListPagesAndBooks() {
    var verdict = verdict();

    assertThat(verdict.wrong()).isEmpty();
    assertThat(verdict.rows()).isEqualTo(3);
    assertThat(verdict.attempts()).isEqualTo(5);
    assertThat(verdict.highestMillis()).isEqualTo(30);
  }

  @Test
  void aLineWithoutARowIsFoundAlthoughTheCountsAgree() {
    rows.set(1, stored(1, 100, 20));

    assertThat(verdict().wrong())
        .containsExactly(
            "1 lines with more than one row, the first: line 1 (http://127.0.1.1:80/jar/a.html),"
                + " again in rows/list/0/0000-0.jsonl.gz",
            "1 lines without a row, the first: line 2 (http://127.0.1.1:80/jar/b.html?again=1)");
  }

  @Test
  void aRowOfALineThatTheListDoesNotHaveIsFound() {
    rows.getFirst().put("line", 4);

    assertThat(verdict().wrong().getFirst())
        .startsWith("1 rows of a line that the list does not have, the first: line 4 in rows/");
  }

  @Test
  void aRowWithTheUrlOfAnotherLineIsFound() {
    rows.getFirst().put("url", LINES.get(1));

    assertThat(onlyWrong()).startsWith("1 rows with the URL of another line, the first: line 1");
  }

  @Test
  void aHangingUrlThatWasStoredIsFound() {
    rows.set(2, stored(3, 100, 20));
    books.put("stored", 3).put("failed", 0).put("bytes", 360).putObject("faults");

    assertThat(onlyWrong()).startsWith("1 hanging URLs that are not failed/timeout");
  }

  @Test
  void aHangingUrlWhoseDetailNamesNoPhaseIsFound() {
    rows.get(2).put("detail", "it took more than 2000 ms");

    assertThat(onlyWrong()).startsWith("1 hanging URLs that are not failed/timeout in first_byte");
  }

  @Test
  void aNeighbourThatTimedOutIsFound() {
    rows.set(1, timedOut(2));
    books.put("stored", 1).put("failed", 2).put("bytes", 120).putObject("faults").put("timeout", 2);

    assertThat(onlyWrong()).startsWith("1 pages that are not stored whole, the first: line 2");
  }

  @Test
  void aPageThatWasCutIsFound() {
    rows.getFirst().put("content_truncated", "time");

    assertThat(onlyWrong()).startsWith("1 pages that are not stored whole, the first: line 1");
  }

  @Test
  void aPageStoredWithAnotherLengthIsFound() {
    rows.getFirst().put("bytes_body", 99);

    assertThat(onlyWrong())
        .isEqualTo(
            "1 pages stored with another length, the first: line 1"
                + " (http://127.0.1.1:80/jar/a.html) has 99 bytes, its file 100");
  }

  @Test
  void booksThatCountOtherwiseThanTheRowsAreFound() {
    books.put("bytes", 241);

    assertThat(onlyWrong())
        .isEqualTo("1 books that differ from the rows, the first: bytes is 241, counted 240");
  }

  @Test
  void aCommandThatPrintedNothingIsFound() {
    books.removeAll();

    assertThat(verdict().wrong().getFirst())
        .contains("books that differ from the rows, the first: accepted is , counted 3");
  }

  @Test
  void theRowsOfAllPartsAreRead(@TempDir Path bucket) throws IOException {
    for (var row : rows) {
      var file = bucket.resolve("rows/list/" + row.path("line") + "/0000-0.jsonl.gz");
      Files.createDirectories(file.getParent());
      try (var gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
        gzip.write((row + "\n").getBytes(UTF_8));
      }
    }

    var check = new Check(SHAPE, LINES, PAGES);
    check.rows(bucket);

    assertThat(check.against(books).wrong()).isEmpty();
  }
}
