package dev.sluice.fetch.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A connection is used again only after a response that left no doubt.
class ReuseTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

  private final WebFixture fixture = new WebFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void afterAWholeResponseTheConnectionServesTheNextRequest() throws Exception {
    try (var server = RawServer.answering(OK)) {
      fixture.response(server.url("/1"));
      var second = fixture.response(server.url("/2"));

      assertThat(server.accepted()).isEqualTo(1);
      assertThat(second.took().connect()).isNull();
      assertThat(second.took().tls()).isNull();
      assertThat(second.took().firstByte()).isNotNull();
    }
  }

  @Test
  void anInterimResponseDoesNotMixUpTheAnswersOfAConnection() throws Exception {
    try (var server =
        new RawServer(peer -> {
          for (var head = peer.request(); head != null; head = peer.request()) {
            var path = head.split(" ", 3)[1];
            peer.send(
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
                    + path);
          }
        })) {
      assertThat(WebFixture.text(fixture.response(server.url("/1")))).isEqualTo("/1");
      assertThat(WebFixture.text(fixture.response(server.url("/2")))).isEqualTo("/2");
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x, Close\r\n\r\nhi",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\n",
      })
  void afterADoubtTheConnectionIsClosed(String response) throws Exception {
    try (var server = RawServer.answering(response)) {
      assertThat(WebFixture.text(fixture.response(server.url("/1")))).isEqualTo("hi");
      assertThat(server.end()).isNotNull();
      assertThat(WebFixture.text(fixture.response(server.url("/2")))).isEqualTo("hi");

      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void anAnswerSentBeforeItsQuestionIsNotTaken() throws Exception {
    try (var server =
        new RawServer(peer -> {
          peer.request();
          peer.send(OK);
          Thread.onSpinWait();
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
          peer.silence();
        })) {
      fixture.response(server.url("/1"));

      assertThat(server.end()).isEqualTo("gone");
      assertThat(fixture.web.idle()).isZero();
    }
  }

  @Test
  void anIdleConnectionThatTheServerClosedIsNotKept() throws Exception {
    try (var server = RawServer.closing(OK)) {
      fixture.response(server.url("/1"));
      assertThat(server.end()).isEqualTo("done");

      // The end of the connection may be read a moment later; then the request finds it closed.
      var second = fixture.ask(server.url("/2"));
      assertThat(second instanceof dev.sluice.flow.Web.Reply.Broken b ? b.fault() : null)
          .isIn(null, Fault.Failed.DISCONNECT);
    }
  }

  @Test
  void noMoreThanTheLimitAreKeptForAHost() throws Exception {
    var gate = new java.util.concurrent.CyclicBarrier(3);
    try (var server =
        new RawServer(peer -> {
          while (peer.request() != null) {
            gate.await();
            peer.send(OK);
          }
        })) {
      var asked =
          java.util.stream.IntStream.range(0, 3)
              .mapToObj(i ->
                  fixture
                      .web
                      .ask(
                          WebFixture.url(server.url("/" + i)),
                          new WebFixture.TestCall(dev.sluice.async.Deadline.NEVER))
                      .toCompletableFuture())
              .toList();
      for (var one : asked) {
        one.get(10, java.util.concurrent.TimeUnit.SECONDS);
      }

      assertThat(fixture.web.idle()).isEqualTo(2);
      fixture.web.dropIdle();
      assertThat(fixture.web.idle()).isZero();
    }
  }
}
