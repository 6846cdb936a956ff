package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Deadline;
import dev.sluice.flow.Web.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Many exchanges at once, good and bad ones: each gets its own answer, and nothing is left behind.
class CrowdTest {
  private static final int REQUESTS = 400;

  /// Of a body beyond the path that was asked for, by kind of answer.
  private static final int[] LENGTHS = {0, 0, 1, 0, 400_001, 1, 1, 1};

  private final WebFixture fixture = new WebFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private static void serve(RawServer.Peer peer) throws Exception {
    for (var head = peer.request(); head != null; head = peer.request()) {
      var path = head.split(" ", 3)[1];
      switch (Integer.parseInt(path.substring(1)) % 8) {
        case 0 -> {
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + path);
          return;
        }
        case 1 -> {
          peer.reset();
          return;
        }
        case 2 -> peer.send("HTTP/1.1 103 Early\r\n\r\n" + page(path));
        case 3 -> peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
        case 4 -> {
          peer.send("HTTP/1.1 200 OK\r\n\r\n" + path + "\n" + "x".repeat(400_000));
          return;
        }
        default -> peer.send(page(path));
      }
    }
  }

  private static String page(String path) {
    return String.format(
        Locale.ROOT,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n",
        path.length() + 1,
        path + "\n");
  }

  @Test
  void eachGetsItsOwnAnswerAndNothingIsLeftBehind() throws Exception {
    try (var server = new RawServer(CrowdTest::serve)) {
      var asked = new ArrayList<CompletableFuture<Reply>>();
      var random = new Random(7);
      for (var i = 0; i < REQUESTS; i++) {
        var call = new WebFixture.TestCall(Deadline.NEVER);
        var reply = fixture.web.ask(WebFixture.url(server.url("/" + i)), call);
        asked.add(reply.toCompletableFuture());
        if (random.nextInt(10) == 0) {
          call.cancel();
        }
        if (i % 50 == 49) {
          asked.get(i - 25).get(20, TimeUnit.SECONDS);
        }
      }

      var answered = 0;
      for (var i = 0; i < REQUESTS; i++) {
        answered += isOf(asked.get(i).get(20, TimeUnit.SECONDS), i);
      }
      assertThat(answered).isGreaterThan(REQUESTS / 2);
      assertThat(fixture.web.freeMemoryBytes()).isEqualTo(8_000_000);
    }
  }

  private static int isOf(Reply reply, int i) throws Exception {
    return switch (reply) {
      case Reply.Broken _ -> 0;
      case Reply.Response response -> {
        try (var in = response.body().open()) {
          var text = new String(in.readAllBytes(), ISO_8859_1);
          assertThat(List.of(text.split("\n", 2)).getFirst()).isEqualTo("/" + i);
          assertThat(response.truncated()).isEqualTo(i % 8 == 0 ? "disconnect" : null);
          assertThat(text).hasSize(("/" + i).length() + LENGTHS[i % 8]);
        }
        response.body().close();
        yield 1;
      }
    };
  }

  @Test
  void aLargeBodyPausesTheReaderAndArrivesWhole() throws Exception {
    var body = new byte[3_900_000];
    new Random(3).nextBytes(body);
    try (var server =
        new RawServer(peer -> {
          peer.request();
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
          peer.send(body);
        })) {
      var response = fixture.response(server.url("/"));

      try (var in = response.body().open()) {
        assertThat(Arrays.equals(in.readAllBytes(), body)).isTrue();
      }
      response.body().close();
      assertThat(fixture.web.freeMemoryBytes()).isEqualTo(8_000_000);
    }
  }

  @Test
  void aReplyIsDeliveredOnNoThreadOfTheReactorOrTheTimer() throws Exception {
    try (var server = RawServer.answering(page("/"));
        var silent = new RawServer(RawServer.Peer::silence)) {
      var deadline = Deadline.in(java.time.Duration.ofMillis(300));
      for (var url : List.of(server.url("/"), silent.url("/"))) {
        var thread =
            fixture
                .web
                .ask(WebFixture.url(url), new WebFixture.TestCall(deadline))
                .thenApply(_ -> Thread.currentThread())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);

        assertThat(thread.isVirtual() || thread.equals(Thread.currentThread())).isTrue();
      }
    }
  }
}
