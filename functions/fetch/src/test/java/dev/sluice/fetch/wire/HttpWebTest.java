package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Web;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What an honest server's answer comes to.
class HttpWebTest {
  private final WebFixture fixture = new WebFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aPageComesBackWithItsHeadsItsBodyAndWhereItCameFrom() throws Exception {
    try (var server =
        RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhello")) {
      var response = fixture.response(server.url("/a?b"));

      assertThat(response.status()).isEqualTo(200);
      assertThat(WebFixture.text(response)).isEqualTo("hello");
      assertThat(response.fields()).contains(new Web.Field("X-A", "b"));
      assertThat(response.ip()).isEqualTo("127.0.0.1");
      assertThat(response.bytesBody()).isEqualTo(5);
      assertThat(response.bytesWire()).isEqualTo(53);
      assertThat(response.truncated()).isNull();
      assertThat(new String(response.responseHead(), ISO_8859_1))
          .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\n");
      response.body().close();
    }
  }

  @Test
  void theRequestIsArchivedAsItWasSentAndSaysWhoAsks() throws Exception {
    try (var server = RawServer.answering("HTTP/1.1 204 No Content\r\n\r\n")) {
      var response = fixture.response(server.url("/a?b"));

      assertThat(new String(response.requestHead(), ISO_8859_1))
          .isEqualTo(server.requests().getFirst())
          .startsWith("GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n")
          .contains("\r\nUser-Agent: Sluice-Test/1 (+https://example.org/contact)\r\n")
          .contains("\r\nAccept-Encoding: gzip\r\n")
          .doesNotContain("Cookie", "Authorization", "Referer");
    }
  }
}
