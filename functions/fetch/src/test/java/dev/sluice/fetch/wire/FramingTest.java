package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where an answer ends, and what is no HTTP. Bytes as servers send them; `\n` here is CR LF.
class FramingTest {
  private final WebFixture fixture = new WebFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>no status line</html>",
        "\nHTTP/1.1 200 OK\n\n",
        "HTTP/2 200\n\n",
        "HTTP/1.2 200 OK\n\n",
        "HTTP/1.1 20 OK\n\n",
        "HTTP/1.1 2000 OK\n\n",
        "HTTP/1.1 099 Low\n\n",
        "HTTP/1.1 600 High\n\n",
        "HTTP/1.1  200 OK\n\n",
        "ICY 200 OK\n\n",
        "HTTP/1.1 101 Switching Protocols\nUpgrade: h2c\n\n",
      })
  void whatDoesNotBeginWithAFinalStatusIsNoHttp(String response) throws Exception {
    assertBadHttp(response);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A: b\n folded",
        "A: b\n\tfolded",
        "A : b",
        "no colon",
        ": no name",
        "A\0: b",
        "A: b\0c",
        "A: b\rc",
        "(A): b",
        "Ä: b",
      })
  void aFieldThatCouldBeReadInTwoWaysIsNoHttp(String field) throws Exception {
    assertBadHttp("HTTP/1.1 200 OK\n" + field + "\nContent-Length: 0\n\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\nContent-Length: 6",
        "Content-Length: 5\nContent-Length: 5",
        "Content-Length: 5, 5",
        "Content-Length: 5\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\nContent-Length: 5",
        "Transfer-Encoding: chunked\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Content-Length: -5",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Content-Length: 5 5",
        "Content-Length:",
        "Content-Length: 9223372036854775808",
        "Content-Length: 99999999999999999999999",
      })
  void aLengthThatIsInDoubtIsNoHttp(String fields) throws Exception {
    assertBadHttp("HTTP/1.1 200 OK\n" + fields + "\n\nhello");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-5\nhello\n0\n\n",
        "5;\0\nhello\n0\n\n",
        "g\nhello\n0\n\n",
        "\nhello\n0\n\n",
        "0x5\nhello\n0\n\n",
        "ffffffffffffffff\nhello",
        "10000000000000000\nhello",
        "5\nhello!\n0\n\n",
      })
  void aChunkWhoseSizeIsInDoubtIsNoHttp(String body) throws Exception {
    assertBadHttp("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n" + body);
  }

  @Test
  void aChunkLineThatEndsWithABareLineFeedIsNoHttp() throws Exception {
    try (var server =
        RawServer.closing(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n")) {
      assertThat(fixture.broken(server.url("/")).fault()).isEqualTo(Fault.Failed.BAD_HTTP);
    }
  }

  @Test
  void aTransferCodingInHttp10IsNoHttp() throws Exception {
    assertBadHttp("HTTP/1.0 200 OK\nTransfer-Encoding: chunked\n\n0\n\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Length: 5\\n\\nhello                               | hello",
        "Content-Length: 0\\n\\n                                    | ''",
        "Transfer-Encoding: chunked\\n\\n5\\nhello\\n0\\n\\n        | hello",
        "Transfer-Encoding: CHUNKED\\n\\n2;a=b\\nhe\\n03\\nllo\\n0\\nT: x\\n\\n | hello",
        "Content-Type: text/plain\\n\\nhello                        | hello",
      })
  void aBodyIsReadToItsEnd(String rest, String body) throws Exception {
    try (var server =
        RawServer.closing(crlf("HTTP/1.1 200 OK\n" + rest.strip().replace("\\n", "\n")))) {
      var response = fixture.response(server.url("/"));

      assertThat(WebFixture.text(response)).isEqualTo(body);
      assertThat(response.truncated()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 10\n\nhello",
        "Transfer-Encoding: chunked\n\n5\nhello\n",
        "Transfer-Encoding: chunked\n\n9\nhello",
      })
  void aBodyThatEndsTooEarlyIsStoredAndMarked(String rest) throws Exception {
    try (var server = RawServer.closing(crlf("HTTP/1.1 200 OK\n" + rest))) {
      var response = fixture.response(server.url("/"));

      assertThat(WebFixture.text(response)).isEqualTo("hello");
      assertThat(response.truncated()).isEqualTo("disconnect");
      assertThat(new String(response.responseHead(), ISO_8859_1))
          .contains("\r\nX-Crawl-", "\r\nContent-Length: 5\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1",
        "HTTP/1.1 200 OK\nA: b\n",
        "HTTP/1.1 200 OK\nContent-Length: 5\n\n"
      })
  void aConnectionClosedBeforeTheBodyIsADisconnect(String sent) throws Exception {
    try (var server = RawServer.closing(crlf(sent))) {
      var broken = fixture.broken(server.url("/"));

      assertThat(broken.fault()).isEqualTo(Fault.Failed.DISCONNECT);
      assertThat(broken.sent()).isTrue();
      assertThat(broken.ip()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void aResetBeforeTheHeadIsADisconnect() throws Exception {
    try (var server =
        new RawServer(peer -> {
          peer.request();
          peer.reset();
        })) {
      assertThat(fixture.broken(server.url("/")).fault()).isEqualTo(Fault.Failed.DISCONNECT);
    }
  }

  @Test
  void aHeadWithBareLineFeedsIsReadAndArchivedWithCrLf() throws Exception {
    try (var server = RawServer.closing("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi")) {
      var response = fixture.response(server.url("/"));

      assertThat(WebFixture.text(response)).isEqualTo("hi");
      assertThat(new String(response.responseHead(), ISO_8859_1))
          .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    }
  }

  @Test
  void theArchivedHeadOfAChunkedBodySaysItsLengthInstead() throws Exception {
    try (var server =
        RawServer.answering(
            crlf("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n"))) {
      var head = fixture.response(server.url("/")).responseHead();

      assertThat(new String(head, ISO_8859_1))
          .isEqualTo(
              crlf("HTTP/1.1 200 OK\nX-Crawl-Transfer-Encoding: chunked\nContent-Length: 5\n\n"));
    }
  }

  private void assertBadHttp(String response) throws Exception {
    try (var server = RawServer.closing(crlf(response))) {
      assertThat(fixture.broken(server.url("/")).fault()).isEqualTo(Fault.Failed.BAD_HTTP);
    }
  }

  private static String crlf(String text) {
    return text.replace("\n", "\r\n");
  }
}
