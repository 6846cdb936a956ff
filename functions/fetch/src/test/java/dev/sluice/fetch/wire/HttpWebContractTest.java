package dev.sluice.fetch.wire;

import dev.sluice.async.Deadline;
import dev.sluice.flow.Web.Reply;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/// The web over real sockets.
class HttpWebContractTest extends WebContract {
  private final WebFixture fixture = new WebFixture();
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
        case PAGE ->
            peer.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
        case REDIRECT ->
            peer.send("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
        case RESET -> peer.reset();
        case SILENCE -> peer.silence();
      }
    });
  }

  @Override
  Reply ask(Behaviour behaviour, Duration deadline) throws Exception {
    try (var server = server(behaviour)) {
      return fixture.ask(server.url("/page"), new WebFixture.TestCall(Deadline.in(deadline)));
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
