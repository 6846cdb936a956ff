package dev.sluice.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class InflatedTest {
  @Test
  void aListOfOneUrlAgainAndAgainIsRead() throws IOException {
    var bytes = "http://a.example/index.html\n".repeat(2_000_000).getBytes(UTF_8);

    try (var in = Inflated.of("m.gz", new ByteArrayInputStream(gzip(bytes)))) {
      assertThat(in.transferTo(OutputStream.nullOutputStream())).isEqualTo(bytes.length);
    }
  }

  @Test
  void zerosWithoutEndAreRefusedByNameSoonAfterTheyAreTooMany() throws IOException {
    var bomb = gzip(new byte[64 * 1024 * 1024]);

    try (var in = Inflated.of("manifests/j.txt.gz", new ByteArrayInputStream(bomb))) {
      var read = new long[1];
      assertThatThrownBy(() -> count(in, read))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("manifests/j.txt.gz must inflate to at most 750 times its size");
      assertThat(read[0]).isLessThan(Inflated.ALWAYS_BYTES + 65 * 1024 * Inflated.MAX_RATIO);
    }
  }

  @Test
  void whatIsSkippedCountsToo() throws IOException {
    var bomb = gzip(new byte[64 * 1024 * 1024]);

    try (var in = Inflated.of("m.gz", new ByteArrayInputStream(bomb))) {
      assertThatThrownBy(() -> in.skipNBytes(60L * 1024 * 1024))
          .hasMessageContaining("at most 750 times");
    }
  }

  @Test
  void aListThatIsTooLongIsRefusedWhateverItsRatio() throws IOException {
    var packed = gzip("http://a.example/\n".repeat(100).getBytes(UTF_8));

    try (var in = Inflated.of("m.gz", new ByteArrayInputStream(packed), 1_000)) {
      assertThatThrownBy(in::readAllBytes).hasMessageContaining("at most 1000 bytes");
    }
  }

  /// As bgzip and `cat a.gz b.gz` write: a member may end anywhere in the buffer.
  @Test
  void aListOfManyMembersIsReadToItsEndWhereverTheyEnd() throws IOException {
    var packed = new ByteArrayOutputStream();
    var lines = 20_000;
    for (var i = 0; i < lines; i++) {
      packed.write(gzip(("http://a.example/" + i + "\n").getBytes(UTF_8)));
    }

    try (var in = Inflated.of("m.gz", new Stingy(packed.toByteArray()))) {
      assertThat(new String(in.readAllBytes(), UTF_8).lines()).hasSize(lines);
    }
  }

  /// The JDK's reader calls itself for each of them.
  @Test
  void emptyMembersAreNoneAndOverflowNothing() throws IOException {
    var packed = new ByteArrayOutputStream();
    packed.write(gzip("http://a.example/1\n".getBytes(UTF_8)));
    for (var empty = gzip(new byte[0]); packed.size() < 4_000_000; ) {
      packed.write(empty);
    }
    packed.write(gzip("http://a.example/2\n".getBytes(UTF_8)));

    try (var in = Inflated.of("m.gz", new ByteArrayInputStream(packed.toByteArray()))) {
      assertThat(new String(in.readAllBytes(), UTF_8).lines()).hasSize(2);
    }
  }

  @Test
  void anObjectWithoutAByteIsNoGzip() throws IOException {
    try (var in = Inflated.of("m.gz", new ByteArrayInputStream(new byte[0]))) {
      assertThatThrownBy(in::readAllBytes).hasMessage("m.gz must be gzip, got no byte");
    }
  }

  /// Says of itself, as a stream over the network may, that nothing can be read at once.
  private static final class Stingy extends ByteArrayInputStream {
    Stingy(byte[] bytes) {
      super(bytes);
    }

    @Override
    public int available() {
      return 0;
    }
  }

  private static void count(InputStream in, long[] read) throws IOException {
    var buffer = new byte[8192];
    for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      read[0] += n;
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }
}
