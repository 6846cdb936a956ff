package dev.sluice.extract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.ArchiveReader;
import dev.sluice.archive.ArchiveWriter;
import dev.sluice.archive.ExtractResult;
import dev.sluice.archive.Extracted;
import dev.sluice.archive.Extraction;
import dev.sluice.archive.Json;
import dev.sluice.archive.Records;
import dev.sluice.async.Simulation;
import dev.sluice.flow.Ending;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.Fault;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.Row;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import dev.sluice.flow.Took;
import dev.sluice.flow.Visit;
import dev.sluice.flow.Web;
import dev.sluice.flow.url.WebUrl;
import dev.sluice.memory.MemoryOutbox;
import dev.sluice.memory.MemoryStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an archive becomes: an index that leads to its responses, rows, and what the books hear.
///
/// Long for what an archive needs before it can be extracted.
@NullUnmarked // the archive is begun before each test
class ExtractStageTest {
  private static final JobId JOB = new JobId("spring");
  private static final TaskId TASK = TaskId.planned(3);
  private static final ExtractTask MESSAGE = new ExtractTask(JOB, 0, TASK);
  private static final String KEY = Keys.archive(JOB, 0, TASK);
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir static Path folder;

  private final MemoryStore store = new MemoryStore();
  private final MemoryOutbox<ReportTask> reportTasks = MemoryOutbox.unbounded();
  private final Records records = new Records(KEY);
  private final ArchiveWriter archive;

  ExtractStageTest() throws IOException {
    archive = ArchiveWriter.create(folder);
    archive.append(records.info(NOON, "Sluice-Test/1"));
  }

  private Extracted extract() throws Exception {
    var simulation = new Simulation(1);
    return simulation.await(
        new ExtractStage(store, reportTasks, folder)
            .run(MESSAGE, simulation.run(Duration.ofSeconds(60))));
  }

  private Extracted extract(Extraction.PageReader pages) throws Exception {
    var simulation = new Simulation(1);
    return simulation.await(
        new Extraction(store, reportTasks, pages, folder)
            .run(MESSAGE, simulation.run(Duration.ofSeconds(60))));
  }

  private void put(Leftover... leftovers) throws IOException {
    if (leftovers.length > 0) {
      archive.append(records.leftovers(List.of(leftovers), NOON));
    }
    store.put(KEY, new Content.File(archive.finish()), new Condition.IfAbsent()).join();
    archive.close();
  }

  private void stored(long line, String url, String contentType, String coding, byte[] body)
      throws IOException {
    var head =
        "HTTP/1.1 200 OK\r\nContent-Type: "
            + contentType
            + "\r\n"
            + (coding.isEmpty() ? "" : "Content-Encoding: " + coding + "\r\n")
            + "Content-Length: "
            + body.length
            + "\r\n\r\n";
    var response =
        new Web.Reply.Response(
            NOON,
            Took.NOTHING,
            "127.0.0.1",
            "GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(ISO_8859_1),
            head.getBytes(ISO_8859_1),
            200,
            List.of(),
            new Bytes(body),
            head.length() + body.length,
            body.length,
            null);
    var exchange = records.exchange(line + "-0", (WebUrl) WebUrl.parse(url), response, folder);
    archive.append(exchange.encoded());
    var type = contentType.split(";", 2);
    var charset = type.length < 2 ? null : type[1].strip().substring("charset=".length());
    archive.append(
        records.visit(
            visit(line, url, new Ending.Stored(), type[0], charset, exchange.digest()),
            exchange.responseId(),
            NOON));
  }

  private void failed(long line) throws IOException {
    var ending = new Ending.Failed(Fault.Failed.TIMEOUT, "total took more than 2000 ms");
    archive.append(
        records.visit(visit(line, "http://h.example/", ending, null, null, null), null, NOON));
  }

  private static Visit visit(
      long line, String url, Ending ending, String mimeType, String charset, String digest) {
    var status = ending instanceof Ending.Stored ? 200 : null;
    return new Visit(
        line,
        url,
        ending,
        1,
        url,
        List.of(),
        NOON,
        status,
        "127.0.0.1",
        Took.NOTHING,
        100,
        50,
        mimeType,
        charset,
        digest,
        null);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Bytes(byte[] bytes) implements Web.Body {
    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public void close() {}
  }

  private List<JsonNode> rows() throws IOException {
    var piece = store.get(Keys.rows(JOB, 0, TASK)).join().orElseThrow();
    try (var in = new GZIPInputStream(new ByteArrayInputStream(piece.bytes()))) {
      return new String(in.readAllBytes(), UTF_8).lines().map(Json::tree).toList();
    }
  }

  @Test
  void everyOutcomeIsARowAndTheBooksHearWhatTheRowsSay() throws Exception {
    stored(1, "http://a.example/", "text/html", "", "<title>A</title>".getBytes(UTF_8));
    failed(2);
    put();

    assertThat(extract()).isEqualTo(new Extracted(ExtractResult.EXTRACTED, 2, 0));

    assertThat(rows()).extracting(row -> row.path("line").asInt()).containsExactly(1, 2);
    assertThat(rows().get(1).path("fault").asText()).isEqualTo("timeout");
    assertThat(rows().get(1).path("warc_filename").isNull()).isTrue();
    var reportTask = (ReportTask.RowsStored) reportTasks.messages().getFirst();
    assertThat(reportTask.counts().stored()).isEqualTo(1);
    assertThat(reportTask.counts().faults()).containsEntry("timeout", 1L);
    assertThat(reportTask.counts().bytes()).isEqualTo(200);
  }

  @Test
  void aPageHasItsTitleItsLinksAndTheLengthOfItsText() throws Exception {
    var page =
        """
        <html><head><title> One
          two </title></head><body><p>Hello   world</p>
        <a href="/x?a:b">in</a> <a href=" HTTPS://b.example/">out</a> <a href="//c">out</a>
        <a href="mailto:a@b">no</a> <a name="here">no</a></body></html>
        """;
    stored(1, "http://a.example/dir/", "text/html; charset=utf-8", "", page.getBytes(UTF_8));
    put();

    extract();

    var row = rows().getFirst();
    assertThat(row.path("title").asText()).isEqualTo("One two");
    assertThat(row.path("links").asInt()).isEqualTo(3);
    assertThat(row.path("text_length").asInt()).isEqualTo("Hello world in out out no no".length());
  }

  @Test
  void noMoreThanTwoMebibytesOfAPageAreRead() throws Exception {
    var body = "<body>" + "x".repeat((2 << 20) + 1);
    stored(1, "http://a.example/", "text/html", "", body.getBytes(UTF_8));
    put();

    extract();

    assertThat(rows().getFirst().path("text_length").asInt())
        .isEqualTo((2 << 20) - "<body>".length());
  }

  @Test
  void aGzippedPageIsReadAndItsCharsetIsTheHeadsWord() throws Exception {
    var page = "<title>Gr\u00fc\u00dfe</title>".getBytes(ISO_8859_1);
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(page);
    }
    stored(1, "http://a.example/", "text/html; charset=iso-8859-1", "gzip", bytes.toByteArray());
    put();

    extract();

    assertThat(rows().getFirst().path("title").asText()).isEqualTo("Gr\u00fc\u00dfe");
  }

  @Test
  void aBodyThatIsNotWhatItSaysLosesItsTitleAndNothingElse() throws Exception {
    stored(1, "http://a.example/", "text/html", "gzip", "no gzip at all".getBytes(UTF_8));
    put();

    extract();

    assertThat(rows().getFirst().path("outcome").asText()).isEqualTo("stored");
    assertThat(rows().getFirst().path("title").isNull()).isTrue();
    assertThat(rows().getFirst().path("warc_record_offset").asLong()).isPositive();
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void aPageOfManyMembersIsReadBesideItsNeighbours() throws Exception {
    var bytes = new ByteArrayOutputStream();
    var empty = gzip("");
    for (var i = 0; i < 200_000; i++) {
      bytes.write(empty);
    }
    stored(1, "http://a.example/", "text/html", "gzip", bytes.toByteArray());
    bytes.write(gzip("<title>B</title>"));
    stored(2, "http://b.example/", "text/html", "gzip", bytes.toByteArray());
    stored(3, "http://c.example/", "text/html", "", "<title>C</title>".getBytes(UTF_8));
    put();

    extract();

    assertThat(rows())
        .extracting(row -> row.path("title").asText(null))
        .containsExactly(null, "B", "C");
  }

  @Test
  void aPageThatBreaksOffHasWhatComesBefore() throws Exception {
    var whole = gzip("<title>A</title>" + "text ".repeat(5_000));
    var twice = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(twice)) {
      gzip.write(whole);
    }
    stored(1, "http://a.example/", "text/html", "gzip", Arrays.copyOf(whole, whole.length - 9));
    stored(2, "http://a.example/", "text/html", "gzip, gzip", twice.toByteArray());
    stored(3, "http://a.example/", "text/html", "br", whole);
    stored(4, "http://a.example/", "text/html", "utf-8", "<title>A</title>".getBytes(UTF_8));
    put();

    extract();

    assertThat(rows())
        .extracting(row -> row.path("title").asText(null))
        .containsExactly("A", "A", null, "A");
  }

  /// As deep as a parser goes that calls itself for each tag.
  private static int depth(int so) {
    return so < 0 ? so : depth(so + 1) + 1;
  }

  @Test
  void whateverAPageDoesToItsReaderIsItsRowAndNoOther() throws Exception {
    for (var line = 1; line <= 3; line++) {
      stored(line, "http://a.example/", "text/html", "", "<title>A</title>".getBytes(UTF_8));
    }
    put();

    extract((archive, visit, place) ->
        switch ((int) visit.line()) {
          case 1 -> new Row.Page(null, depth(0), 0);
          case 2 -> throw new IllegalStateException("no such tag");
          default -> PageColumns.read(archive, visit, place);
        });

    assertThat(rows())
        .extracting(row -> row.path("title").asText(null))
        .containsExactly(null, null, "A");
  }

  @Test
  void whatIsOfTheProcessFailsTheMessage() throws Exception {
    stored(1, "http://a.example/", "text/html", "", "<title>A</title>".getBytes(UTF_8));
    put();

    assertThatThrownBy(() ->
            extract((_, _, _) -> {
              throw new OutOfMemoryError("heap");
            }))
        .hasRootCauseInstanceOf(OutOfMemoryError.class);
    assertThat(store.head(Keys.rows(JOB, 0, TASK)).join()).isEmpty();
  }

  @Test
  void eachLineOfTheIndexLeadsToExactlyItsResponse() throws Exception {
    for (var line = 1; line <= 5; line++) {
      var body = ("body " + line).repeat(line * 50);
      stored(line, "http://h" + line + ".example/p", "text/plain", "", body.getBytes(UTF_8));
    }
    put();

    extract();

    var index = new String(store.get(Keys.index(JOB, 0, TASK)).join().orElseThrow().bytes(), UTF_8);
    assertThat(index.lines()).hasSize(5).isSorted();
    var file = folder.resolve("archive");
    assertThat(store.download(KEY, file).join()).isPresent();
    for (var line : index.lines().toList()) {
      assertThat(line).startsWith("example,h").contains(")/p 20260301120000 {");
      var json = Json.tree(line.substring(line.indexOf('{')));
      var place = new Row.Place(KEY, json.path("offset").asLong(), json.path("length").asLong());
      try (var channel = FileChannel.open(file)) {
        var response = ArchiveReader.response(channel, place);
        assertThat(response.target()).isEqualTo(json.path("url").asText());
        assertThat(response.payloadDigest().orElseThrow().prefixedBase32())
            .isEqualTo(json.path("digest").asText());
      }
      var end = place.warcRecordOffset() + place.warcRecordLength();
      assertThat(bytes(end, 2)).as("where the next member begins").startsWith(0x1f, 0x8b);
      var range = bytes(place.warcRecordOffset(), place.warcRecordLength());
      try (var member = new GZIPInputStream(new ByteArrayInputStream(range))) {
        assertThat(new String(member.readAllBytes(), ISO_8859_1))
            .startsWith("WARC/1.1\r\n")
            .containsOnlyOnce("WARC/1.1\r\n")
            .endsWith("\r\n\r\n");
      }
    }
  }

  private byte[] bytes(long offset, long length) {
    return store.get(KEY, offset, length).join().orElseThrow().bytes();
  }

  @Test
  void anArchiveThatComesAgainIsNotWrittenAgainAndIsToldAgain() throws Exception {
    failed(1);
    put();
    extract();
    var written = store.head(Keys.rows(JOB, 0, TASK)).join();

    assertThat(extract().result()).isEqualTo(ExtractResult.AGAIN);

    assertThat(store.head(Keys.rows(JOB, 0, TASK)).join()).isEqualTo(written);
    assertThat(reportTasks.messages()).hasSize(2).containsOnly(reportTasks.messages().getFirst());
  }

  @Test
  void theBooksHearWhatStandsInTheRowsWhoeverStoredThem() throws Exception {
    failed(1);
    put();
    var theirs =
        "{\"line\":1,\"url\":\"x\",\"outcome\":\"failed\",\"fault\":\"lost\",\"detail\":\"d\","
            + "\"attempts\":0,\"bytes_wire\":0,\"bytes_body\":0}\n";
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(theirs.getBytes(UTF_8));
    }
    store.put(
        Keys.rows(JOB, 0, TASK), new Content.Bytes(bytes.toByteArray()), new Condition.IfAbsent());

    extract();

    assertThat(((ReportTask.RowsStored) reportTasks.messages().getFirst()).counts().faults())
        .containsOnlyKeys("lost");
  }

  @Test
  void whatIsLeftOverIsNoRowAndIsTold() throws Exception {
    failed(1);
    var url = "http://a.example/";
    put(new Leftover(Target.first(2, url, url), 0, NOON, false));

    assertThat(extract()).isEqualTo(new Extracted(ExtractResult.EXTRACTED, 1, 1));

    assertThat(((ReportTask.RowsStored) reportTasks.messages().getFirst()).leftOver()).isEqualTo(1);
  }

  @Test
  void anArchiveThatIsMissingOrBrokenFailsTheMessage() throws Exception {
    assertThatThrownBy(this::extract).hasMessageContaining(KEY + " is missing");

    var broken = folder.resolve("broken");
    Files.write(broken, "WARC/1.1\r\nno".getBytes(UTF_8));
    store.put(KEY, new Content.File(broken), new Condition.Always()).join();
    assertThatThrownBy(this::extract).hasMessageContaining("archive " + KEY + " cannot be read");
    assertThat(store.head(Keys.rows(JOB, 0, TASK)).join()).isEmpty();
  }
}
