package dev.sluice.fetch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.Took;
import dev.sluice.flow.Web;
import dev.sluice.flow.url.WebUrl;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A robots.txt that cannot be read: by its own fault, or by ours.
class RobotsFileTest {
  private static final WebUrl ORIGIN = (WebUrl) WebUrl.parse("http://a.example/robots.txt");
  private static final byte[] NO_GZIP = "User-agent: *".getBytes(US_ASCII);

  private record Body(InputStream stream) implements Web.Body {
    @Override
    public long length() {
      return NO_GZIP.length;
    }

    @Override
    public InputStream open() {
      return stream;
    }

    @Override
    public void close() {}
  }

  private static RobotsFile read(InputStream stream) throws IOException {
    var head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".getBytes(US_ASCII);
    return RobotsFile.read(
        ORIGIN,
        new Web.Reply.Response(
            Instant.EPOCH,
            Took.NOTHING,
            "192.0.2.1",
            new byte[0],
            head,
            200,
            List.of(new Web.Field("Content-Encoding", "gzip")),
            new Body(stream),
            NO_GZIP.length,
            NO_GZIP.length,
            null),
        "Sluice-Test/1");
  }

  @Test
  void aFileThatIsNotCodedAsItSaysIsItsHostsFault() throws IOException {
    assertThat(read(new ByteArrayInputStream(NO_GZIP))).isInstanceOf(RobotsFile.Cut.class);
  }

  @Test
  void aBodyThatThisProcessCannotReadIsNoFaultOfTheHost() {
    var disk =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Input/output error");
          }

          @Override
          public int read(byte[] into, int offset, int count) throws IOException {
            return read();
          }
        };

    assertThatThrownBy(
            () -> read(new SequenceInputStream(new ByteArrayInputStream(new byte[] {0x1f}), disk)))
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseMessage("Input/output error");
  }
}
