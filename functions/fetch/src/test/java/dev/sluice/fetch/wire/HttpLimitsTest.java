package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Deadline;
import dev.sluice.flow.Fault;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a server cannot make us do, whatever it sends.
class HttpLimitsTest {
  private WebFixture fixture = new WebFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private void limit(HttpLimits limits) {
    fixture.close();
    fixture = new WebFixture(limits);
  }

  @Test
  void endlessHeaderLinesEndAt64Kilobytes() throws Exception {
    try (var server =
        new RawServer(peer -> {
          peer.request();
          peer.send("HTTP/1.1 200 OK\r\n");
          peer.sendForEver("X: " + "y".repeat(1000) + "\r\n");
        })) {
      var broken = fixture.broken(server.url("/"));

      assertThat(broken.fault()).isEqualTo(Fault.Failed.TOO_LARGE);
      assertThat(broken.detail())
          .isEqualTo("the heads of a response must have at most 65536 bytes");
      assertThat(server.end()).isEqualTo("gone");
    }
  }

  @Test
  void oneEndlessHeaderLineEndsAt64Kilobytes() throws Exception {
    try (var server =
        new RawServer(peer -> {
          peer.request();
          peer.send("HTTP/1.1 200 OK\r\nX: ");
          peer.sendForEver("y".repeat(1000));
        })) {
      assertThat(fixture.broken(server.url("/")).fault()).isEqualTo(Fault.Failed.TOO_LARGE);
    }
  }

  @Test
  void eightInterimResponsesAreSwallowed() throws Exception {
    try (var server =
        RawServer.closing(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(8)
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")) {
      assertThat(WebFixture.text(fixture.response(server.url("/")))).isEqualTo("hi");
    }
  }

  @Test
  void theNinthInterimResponseIsNoHttp() throws Exception {
    try (var server =
        new RawServer(peer -> {
          peer.request();
          peer.sendForEver("HTTP/1.1 100 Continue\r\n\r\n");
        })) {
      assertThat(fixture.broken(server.url("/")).fault()).isEqualTo(Fault.Failed.BAD_HTTP);
      assertThat(server.end()).isEqualTo("gone");
    }
  }

  @Test
  void aBodyIsCutAtTheLimitStoredAndMarked() throws Exception {
    limit(with(10, WebFixture.LIMITS.total(), 0));
    try (var server =
        new RawServer(peer -> {
          peer.request();
          peer.send("HTTP/1.1 200 OK\r\n\r\n");
          peer.sendForEver("0123456");
        })) {
      var response = fixture.response(server.url("/"));

      assertThat(WebFixture.text(response)).isEqualTo("0123456012");
      assertThat(response.truncated()).isEqualTo("length");
      assertThat(server.end()).isEqualTo("gone");
    }
  }

  @Test
  void aBodyOfTheLimitIsWhole() throws Exception {
    limit(with(10, WebFixture.LIMITS.total(), 0));
    try (var server =
        RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")) {
      assertThat(fixture.response(server.url("/")).truncated()).isNull();
    }
  }

  @Test
  void aGzipBodyIsStoredAsItCameAndItsDecodedLengthIsKnown() throws Exception {
    var zipped = gzip("hello ".repeat(100).getBytes(ISO_8859_1));
    try (var server = RawServer.answering(encoded(zipped, "gzip"))) {
      var response = fixture.response(server.url("/"));

      assertThat(response.body().length()).isEqualTo(zipped.length);
      assertThat(response.bytesBody()).isEqualTo(600);
    }
  }

  @Test
  void aBodyOfEmptyMembersIsStoredAsItCameAndIsEmpty() throws Exception {
    limit(with(8_000_000, WebFixture.LIMITS.total(), 0));
    var member = gzip(new byte[0]);
    var body = new byte[200_000 * member.length];
    for (var i = 0; i < body.length; i++) {
      body[i] = member[i % member.length];
    }
    try (var server = RawServer.answering(encoded(body, "gzip"))) {
      var response = fixture.response(server.url("/"));

      assertThat(response.body().length()).isEqualTo(body.length);
      assertThat(response.bytesBody()).isZero();
    }
  }

  @Test
  void aDecompressionBombIsTooLarge() throws Exception {
    try (var server = RawServer.answering(encoded(gzip(new byte[3_000_000]), "gzip"))) {
      var broken = fixture.broken(server.url("/"));

      assertThat(broken.fault()).isEqualTo(Fault.Failed.TOO_LARGE);
      assertThat(broken.detail()).startsWith("a body must not decode to more than 200 times");
      assertThat(fixture.web.freeMemoryBytes()).isEqualTo(8_000_000);
    }
  }

  @Test
  void aBombInABombIsTooLarge() throws Exception {
    var bomb = gzip(gzip(new byte[100_000_000]));
    try (var server = RawServer.answering(encoded(bomb, "gzip, gzip"))) {
      assertThat(fixture.broken(server.url("/")).fault()).isEqualTo(Fault.Failed.TOO_LARGE);
    }
  }

  @Test
  void whatDecodesToMoreThanTheLimitIsCutThereAndMarked() throws Exception {
    limit(with(50_000, WebFixture.LIMITS.total(), 0));
    var random = new byte[60_000];
    var dice = new Random(1);
    for (var i = 0; i < random.length; i++) {
      random[i] = (byte) dice.nextInt(16);
    }
    var zipped = gzip(random);
    try (var server = RawServer.answering(encoded(zipped, "gzip"))) {
      var response = fixture.response(server.url("/"));

      assertThat(response.truncated()).isEqualTo("length");
      assertThat(response.bytesBody()).isEqualTo(50_000);
      assertThat(response.body().length()).isLessThan(zipped.length);
    }
  }

  @Test
  void aThirdContentCodingIsNoHttp() throws Exception {
    try (var server = RawServer.answering(encoded(new byte[0], "gzip, deflate, gzip"))) {
      assertThat(fixture.broken(server.url("/")).fault()).isEqualTo(Fault.Failed.BAD_HTTP);
    }
  }

  @Test
  void aBodyThatIsNotInTheCodingItSaysIsStoredAllTheSame() throws Exception {
    try (var server = RawServer.answering(encoded("plain".getBytes(ISO_8859_1), "gzip"))) {
      assertThat(WebFixture.text(fixture.response(server.url("/")))).isEqualTo("plain");
    }
  }

  @Test
  void silenceAfterTheRequestNamesThePhase() throws Exception {
    limit(phases(Duration.ofMillis(200), Duration.ofSeconds(5)));
    try (var server = new RawServer(RawServer.Peer::silence)) {
      var broken = fixture.broken(server.url("/"));

      assertThat(broken.fault()).isEqualTo(Fault.Failed.TIMEOUT);
      assertThat(broken.detail()).isEqualTo("first_byte took more than 200 ms");
      assertThat(broken.took().firstByte()).isGreaterThanOrEqualTo(190);
      assertThat(server.end()).isEqualTo("gone");
    }
  }

  @Test
  void theTotalTimeEndsAnExchangeWhateverThePhase() throws Exception {
    limit(phases(Duration.ofSeconds(5), Duration.ofMillis(200)));
    try (var server = new RawServer(RawServer.Peer::silence)) {
      assertThat(fixture.broken(server.url("/")).detail())
          .isEqualTo("total took more than 200 ms, in first_byte");
    }
  }

  @Test
  void theDeadlineOfTheCallEndsAnExchange() throws Exception {
    try (var server = new RawServer(RawServer.Peer::silence)) {
      var deadline = Deadline.in(Duration.ofMillis(400));
      var broken = fixture.ask(server.url("/"), new WebFixture.TestCall(deadline));

      assertThat(broken.took().total()).isBetween(390, 4_900);
    }
  }

  @Test
  void aBodyThatTheTimeCutsIsStoredAndMarked() throws Exception {
    limit(phases(Duration.ofSeconds(5), Duration.ofMillis(300)));
    try (var server =
        new RawServer(peer -> {
          peer.request();
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
          peer.silence();
        })) {
      var response = fixture.response(server.url("/"));

      assertThat(WebFixture.text(response)).isEqualTo("hello");
      assertThat(response.truncated()).isEqualTo("time");
      assertThat(server.end()).isEqualTo("gone");
    }
  }

  @Test
  void aBodySlowerThanTheLeastRateIsCut() throws Exception {
    limit(with(4_000_000, Duration.ofSeconds(20), 1_000));
    try (var server =
        new RawServer(peer -> {
          peer.request();
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
          peer.send("x".repeat(10));
          peer.silence();
        })) {
      var response = fixture.response(server.url("/"));

      assertThat(response.truncated()).isEqualTo("time");
      assertThat(response.took().total()).isLessThan(5_000);
    }
  }

  @Test
  void aCancelledCallClosesItsSocket() throws Exception {
    var call = new WebFixture.TestCall(Deadline.NEVER);
    try (var server =
        new RawServer(peer -> {
          peer.request();
          call.cancel();
          peer.silence();
        })) {
      fixture.ask(server.url("/"), call);

      assertThat(server.end()).isEqualTo("gone");
    }
  }

  static HttpLimits with(long maxBodyBytes, Duration total, long minBytesPerSecond) {
    var l = WebFixture.LIMITS;
    return new HttpLimits(
        l.userAgent(),
        l.dns(),
        l.connect(),
        l.tls(),
        l.firstByte(),
        total,
        maxBodyBytes,
        l.maxHeadBytes(),
        l.maxInterimResponses(),
        l.maxRatio(),
        minBytesPerSecond,
        Duration.ofMillis(300),
        l.spoolMemoryBytes(),
        l.maxIdle(),
        l.maxIdlePerHost(),
        l.idle());
  }

  private static HttpLimits phases(Duration firstByte, Duration total) {
    var l = WebFixture.LIMITS;
    return new HttpLimits(
        l.userAgent(),
        l.dns(),
        l.connect(),
        l.tls(),
        firstByte,
        total,
        l.maxBodyBytes(),
        l.maxHeadBytes(),
        l.maxInterimResponses(),
        l.maxRatio(),
        l.minBytesPerSecond(),
        l.rateWindow(),
        l.spoolMemoryBytes(),
        l.maxIdle(),
        l.maxIdlePerHost(),
        l.idle());
  }

  private static String encoded(byte[] body, String coding) {
    return String.format(
        Locale.ROOT,
        "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s",
        coding,
        body.length,
        new String(body, ISO_8859_1));
  }

  private static byte[] gzip(byte[] plain) throws Exception {
    var zipped = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(zipped)) {
      out.write(plain);
    }
    return zipped.toByteArray();
  }
}
