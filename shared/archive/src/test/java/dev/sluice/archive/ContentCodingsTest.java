package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;

/// What a coded body says, as servers send them.
class ContentCodingsTest {
  private static ContentCodings codings(String... values) {
    return ContentCodings.of(List.of(values));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] gzip(String text) throws IOException {
    return gzip(text.getBytes(UTF_8));
  }

  private static byte[] together(byte[]... parts) throws IOException {
    var out = new ByteArrayOutputStream();
    for (var part : parts) {
      out.write(part);
    }
    return out.toByteArray();
  }

  private static byte[] times(byte[] bytes, int times) {
    var all = new byte[bytes.length * times];
    for (var i = 0; i < times; i++) {
      System.arraycopy(bytes, 0, all, i * bytes.length, bytes.length);
    }
    return all;
  }

  private static String decoded(ContentCodings codings, byte[] body) throws IOException {
    try (var in = codings.decode(new ByteArrayInputStream(body))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void theNamesStandInOneFieldOrSeveralAndThoseOfNothingAreLeftOut() {
    assertThat(codings("GZip , identity", " X-GZIP", "").names()).containsExactly("gzip", "x-gzip");
    assertThat(codings("utf-8", "none").names()).isEmpty();
    assertThat(codings("br").areReadable()).isFalse();
    assertThat(codings("deflate, zstd").areReadable()).isFalse();
    assertThat(codings("deflate, x-gzip").areReadable()).isTrue();
  }

  @Test
  void membersFollowEachOtherAndEmptyOnesAsManyAsThereAre() throws IOException {
    var empty = times(gzip(""), 200_000);

    assertThat(decoded(codings("gzip"), together(gzip("one "), gzip(""), gzip("two"))))
        .isEqualTo("one two");
    assertThat(decoded(codings("gzip"), together(empty, gzip("end")))).isEqualTo("end");
    assertThat(decoded(codings("x-gzip"), empty)).isEmpty();
  }

  @Test
  void whatFollowsTheLastMemberIsNotLookedAt() throws IOException {
    for (var tail : List.of("\0\0\0\0", "\r\n", "\u001f", "<!-- cached -->", "\u001fx")) {
      assertThat(decoded(codings("gzip"), together(gzip("page"), tail.getBytes(ISO_8859_1))))
          .as(tail)
          .isEqualTo("page");
    }
  }

  /// The header of RFC 1952 section 2.3 with all that may be in it.
  @Test
  void aHeaderMayHaveAllItsFields() throws IOException {
    var plain = gzip("page");
    var fields = new byte[] {3, 0, 'x', 'y', 'z', 'n', 0, 'c', 'd', 0, 1, 2};
    var header = Arrays.copyOf(plain, 10);
    header[3] = 2 | 4 | 8 | 16;

    assertThat(
            decoded(
                codings("gzip"),
                together(header, fields, Arrays.copyOfRange(plain, 10, plain.length))))
        .isEqualTo("page");
  }

  @Test
  void deflateIsWithTheHeaderOfZlibOrWithout() throws IOException {
    for (var nowrap : List.of(true, false)) {
      var out = new ByteArrayOutputStream();
      try (var deflater = new Deflater(9, nowrap);
          var deflate = new DeflaterOutputStream(out, deflater)) {
        deflate.write("page".getBytes(UTF_8));
      }

      assertThat(decoded(codings("deflate"), out.toByteArray())).isEqualTo("page");
      assertThat(decoded(codings("deflate", "gzip"), gzip(out.toByteArray()))).isEqualTo("page");
    }
  }

  @Test
  void anEmptyBodyIsEmptyWhateverItsCoding() throws IOException {
    for (var names : List.of("gzip", "deflate", "gzip, gzip", "deflate, gzip", "identity")) {
      assertThat(decoded(codings(names), new byte[0])).as(names).isEmpty();
    }
  }

  private static void assertBreaks(byte[] body, String before, Class<? extends IOException> why)
      throws IOException {
    try (var in = codings("gzip").decode(new ByteArrayInputStream(body))) {
      assertThat(new String(in.readNBytes(before.length()), UTF_8)).isEqualTo(before);
      assertThatThrownBy(in::read).isInstanceOf(why);
    }
  }

  @Test
  void whatIsCutOrWrongBreaksAfterAllThatComesBefore() throws IOException {
    var page = gzip("page");
    var wrong = page.clone();
    wrong[wrong.length - 1] ^= 1;
    var unchecked = page.clone();
    unchecked[unchecked.length - 5] ^= 1;

    assertBreaks("no gzip at all".getBytes(UTF_8), "", ZipException.class);
    assertBreaks(Arrays.copyOf(page, page.length - 1), "page", EOFException.class);
    assertBreaks(Arrays.copyOf(page, 5), "", EOFException.class);
    assertBreaks(wrong, "page", ZipException.class);
    assertBreaks(unchecked, "page", ZipException.class);
    assertBreaks(together(page, Arrays.copyOf(page, 10)), "page", EOFException.class);
    var method = page.clone();
    method[2] = 7;
    assertBreaks(together(page, method), "page", ZipException.class);
  }

  @Test
  void aCodingThatCannotBeTakenOffIsNamed() {
    assertThatThrownBy(() -> codings("br").decode(InputStream.nullInputStream()))
        .hasMessage("a content coding must be gzip or deflate, got br");
  }

  /// A few KB of it become 20 MB of empty members, which become nothing.
  @Test
  void membersInMembersAreNotInflatedWithoutAnEnd() throws IOException {
    var empty = times(gzip(""), 50_000);
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      for (var i = 0; i < 20; i++) {
        gzip.write(empty);
      }
    }

    assertThatThrownBy(() -> decoded(codings("gzip, gzip"), out.toByteArray()))
        .isInstanceOf(ZipException.class)
        .hasMessageContaining("at most " + ContentCodings.MAX_BETWEEN_BYTES);
  }
}
