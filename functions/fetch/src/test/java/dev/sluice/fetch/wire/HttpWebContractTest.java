package dev.sluice.fetch.wire;

import dev.sluice.async.Deadline;
import dev.sluice.flow.Web.Reply;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/// The web over real sockets.
class HttpWebContractTest extends WebContract {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
  private static final String HALF = HEAD + "Content-Length: 10\r\n\r\n";

  private final WebFixture fixture =
      new WebFixture(HttpLimitsTest.with(MAX_BODY_BYTES, WebFixture.LIMITS.total(), 0));
  private final CountDownLatch asked = new CountDownLatch(1);

  @AfterEach
  void close() {
    fixture.close();
  }

  private RawServer server(Behaviour behaviour) throws Exception {
    return new RawServer(peer -> {
      peer.request();
      asked.countDown();
      switch (behaviour) {
        case PAGE -> peer.send(HEAD + "Content-Length: 5\r\n\r\nhello");
        case LATE_PAGE -> {
          Thread.sleep(WAIT);
          peer.send(HEAD + "Content-Length: 5\r\n\r\nhello");
        }
        case LONG_PAGE -> peer.send(HEAD + "Content-Length: 2000\r\n\r\n" + "x".repeat(2_000));
        case HALF_AND_SILENCE -> {
          peer.send(HALF + "hello");
          peer.silence();
        }
        case HALF_AND_RESET -> peer.send(HALF + "hello");
        case HEAD_AND_SILENCE -> {
          peer.send(HALF);
          peer.silence();
        }
        case HEAD_AND_RESET -> peer.send(HALF);
        case REDIRECT ->
            peer.send("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
        case RESET -> peer.reset();
        case SILENCE -> peer.silence();
        case REFUSED -> throw new IllegalStateException("nobody listens");
      }
    });
  }

  @Override
  Reply ask(Behaviour behaviour, Duration deadline) throws Exception {
    try (var server = server(behaviour)) {
      var nobodyThere = "http://127.0.0.9:" + server.port() + "/page";
      var url = behaviour == Behaviour.REFUSED ? nobodyThere : server.url("/page");
      return fixture.ask(url, new WebFixture.TestCall(Deadline.in(deadline)));
    }
  }

  @Override
  Reply cancelled(Behaviour behaviour) throws Exception {
    var call = new WebFixture.TestCall(Deadline.in(Duration.ofSeconds(15)));
    try (var server = server(behaviour)) {
      var reply = fixture.web.ask(WebFixture.url(server.url("/page")), call).toCompletableFuture();
      asked.await(10, TimeUnit.SECONDS);
      call.cancel();
      return reply.get(20, TimeUnit.SECONDS);
    }
  }
}
