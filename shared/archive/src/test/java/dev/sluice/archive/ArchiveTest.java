package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.Target;
import dev.sluice.flow.Took;
import dev.sluice.flow.Visit;
import dev.sluice.flow.Web;
import dev.sluice.flow.url.WebUrl;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;

/// What is written can be read, by us and by jwarc alone, and each place leads to exactly its
/// record.
@NullUnmarked // reads what may not be there
class ArchiveTest {
  private static final String KEY = "warc/spring/00000/0007-0.warc.gz";
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00.123Z");
  private static final byte[] REQUEST =
      "GET /page HTTP/1.1\r\nHost: x.test\r\n\r\n".getBytes(ISO_8859_1);
  private static final byte[] HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".getBytes(ISO_8859_1);
  private static final List<Leftover> LEFT =
      List.of(new Leftover(Target.first(9, "http://y.test/", "y.test"), 3, AT, true));

  private final Records records = new Records(KEY);

  @TempDir Path folder;

  @Test
  void whatWasWrittenIsReadBack() throws Exception {
    var first = Visit.never(2, "garbage", new Ending.Refused(Fault.Refused.BAD_URL, "no scheme"));
    var file = folder.resolve("a.warc.gz");
    try (var writer = ArchiveWriter.create(folder)) {
      writer.append(records.info(AT, "Sluice/1 (+https://x.test/)"));
      var stored = exchange("1-0", "<title>Hi</title>".getBytes(UTF_8), null);
      writer.append(stored.encoded());
      writer.append(records.visit(visit(1, stored.digest()), stored.responseId(), AT));
      writer.append(records.visit(first, null, AT));
      var offset = writer.length();
      writer.append(records.leftovers(LEFT, AT));
      Files.copy(writer.finish(), file);

      var contents = ArchiveReader.read(file, KEY);

      assertThat(contents.entries())
          .extracting(ArchiveReader.ArchivedVisit::visit)
          .containsExactly(visit(1, stored.digest()), first);
      assertThat(contents.entries().get(1).place()).isNull();
      assertThat(contents.leftovers()).isEqualTo(LEFT);
      assertThat(contents.leftoversOffset()).isEqualTo(offset);
      assertThat(contents.leftoversOffset() + contents.leftoversLength())
          .isEqualTo(Files.size(file));
      var member = member(file, contents.leftoversOffset(), contents.leftoversLength());
      assertThat(ArchiveReader.leftovers(KEY, member)).isEqualTo(LEFT);
    }
  }

  /// In memory, at the border, and through a temporary file.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 262_144, 262_145, 3_000_000})
  void aPlaceLeadsToExactlyItsRecord(int length) throws Exception {
    var bodies = new ArrayList<byte[]>();
    for (var i = 0; i < 3; i++) {
      var body = new byte[length + i];
      new Random(length + i).nextBytes(body);
      bodies.add(body);
    }
    var file = archive(bodies);

    var contents = ArchiveReader.read(file, KEY);

    for (var i = 0; i < 3; i++) {
      var place = contents.entries().get(i).place();
      assertThat(place).isNotNull();
      var member = member(file, place.warcRecordOffset(), place.warcRecordLength());
      var record = new GZIPInputStream(new ByteArrayInputStream(member)).readAllBytes();
      // A gzip member ends with its inflated length (RFC 1952, ISIZE).
      var isize = ByteBuffer.wrap(member).order(ByteOrder.LITTLE_ENDIAN).getInt(member.length - 4);
      assertThat(isize).isEqualTo(record.length);
      var text = new String(record, ISO_8859_1);
      assertThat(text).startsWith("WARC/1.1\r\nWARC-Type: response\r\n").endsWith("\r\n\r\n");
      var block = Arrays.copyOfRange(record, text.indexOf("\r\n\r\n") + 4, record.length - 4);
      assertThat(block).isEqualTo(joined(HEAD, bodies.get(i)));
      try (var channel = FileChannel.open(file)) {
        var response = ArchiveReader.response(channel, place);
        assertThat(response.http().body().stream().readAllBytes()).isEqualTo(bodies.get(i));
      }
    }
  }

  @Test
  void anotherParserReadsEveryRecordAndItsDigests() throws Exception {
    var file = archive(List.of("one".getBytes(UTF_8), "two".getBytes(UTF_8)));

    var types = new ArrayList<String>();
    try (var reader = new WarcReader(file)) {
      reader.calculateBlockDigest();
      for (var record = reader.next().orElse(null);
          record != null;
          record = reader.next().orElse(null)) {
        types.add(record.type());
        check(record);
      }
    }

    assertThat(types)
        .containsExactly(
            "warcinfo",
            "request",
            "response",
            "metadata",
            "request",
            "response",
            "metadata",
            "metadata");
  }

  private static void check(WarcRecord record) throws IOException {
    assertThat(record.version()).hasToString("WARC/1.1");
    assertThat(record.date()).isEqualTo(AT);
    var length = record.headers().first("Content-Length").orElseThrow();
    assertThat(record.body().stream().readAllBytes()).hasSize(Integer.parseInt(length));
    var said = record.blockDigest();
    if (said.isPresent()) {
      assertThat(record.calculatedBlockDigest()).isEqualTo(said);
    }
  }

  @Test
  void theSameRoundNamesItsRecordsAlike() throws Exception {
    var again = new Records(KEY);
    var other = new Records(KEY.replace("0007-0", "0007-1"));

    assertThat(records.info(AT, "Sluice")).isEqualTo(again.info(AT, "Sluice"));
    assertThat(records.leftovers(LEFT, AT)).isEqualTo(again.leftovers(LEFT, AT));
    assertThat(records.leftovers(LEFT, AT)).isNotEqualTo(other.leftovers(LEFT, AT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nWARC-Type: response", "a\nb", "a\rb", "a\u0000b", "a\u007fb"})
  void nothingBeginsAnotherField(String hostile) {
    assertThatThrownBy(() -> records.info(AT, hostile))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a WARC field must have no control characters");
    assertThatThrownBy(() -> exchange("1-0", new byte[0], hostile))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNoArchiveIsRefusedByKeyAndOffset() throws Exception {
    var file = Files.writeString(folder.resolve("broken"), "no archive at all, for sure");

    assertThatThrownBy(() -> ArchiveReader.read(file, KEY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(KEY)
        .hasMessageContaining("at byte 0");
  }

  @Test
  void aRangeWithoutLeftoversIsRefused() throws Exception {
    var info = records.info(AT, "Sluice");

    assertThatThrownBy(() -> ArchiveReader.leftovers(KEY, info))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no leftovers record at the given range of " + KEY);
  }

  @Test
  void anArchiveThatIsClosedLeavesNoFile() throws Exception {
    Path file;
    try (var writer = ArchiveWriter.create(folder)) {
      writer.append(records.info(AT, "Sluice"));
      file = writer.finish();
      assertThat(file).exists();
    }

    assertThat(file).doesNotExist();
  }

  private Path archive(List<byte[]> bodies) throws Exception {
    var file = folder.resolve("archive.warc.gz");
    try (var writer = ArchiveWriter.create(folder)) {
      writer.append(records.info(AT, "Sluice"));
      for (var i = 0; i < bodies.size(); i++) {
        var stored = exchange(i + 1 + "-0", bodies.get(i), null);
        writer.append(stored.encoded());
        writer.append(records.visit(visit(i + 1, stored.digest()), stored.responseId(), AT));
      }
      writer.append(records.leftovers(List.of(), AT));
      Files.copy(writer.finish(), file);
    }
    return file;
  }

  private Records.ArchivedExchange exchange(String name, byte[] body, @Nullable String truncated)
      throws Exception {
    var response =
        new Web.Reply.Response(
            AT,
            Took.NOTHING,
            "192.0.2.1",
            REQUEST,
            HEAD,
            200,
            List.of(new Web.Field("Content-Type", "text/html")),
            new InMemory(body),
            HEAD.length + body.length,
            body.length,
            truncated);
    return records.exchange(name, new WebUrl("http", "x.test", 80, "/page"), response, folder);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record InMemory(byte[] bytes) implements Web.Body {
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

  private static Visit visit(long line, String digest) {
    return new Visit(
        line,
        "http://x.test/page",
        new Ending.Stored(),
        1,
        "http://x.test/page",
        List.of(),
        AT,
        200,
        "192.0.2.1",
        Took.NOTHING,
        10,
        5,
        "text/html",
        null,
        digest,
        null);
  }

  private static byte[] member(Path file, long offset, long length) throws IOException {
    return Arrays.copyOfRange(Files.readAllBytes(file), (int) offset, (int) (offset + length));
  }

  private static byte[] joined(byte[] first, byte[] second) {
    var both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
