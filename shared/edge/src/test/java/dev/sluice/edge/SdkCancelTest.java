package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.FanOut;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// The third guarantee with a real client: where an item ends, its socket closes. Counted at a
/// server that takes requests and never answers.
class SdkCancelTest {
  private static final int MANY = 5;

  // One more than are asked for: a request warms the client up, for a timeout is no time to start.
  private final CountDownLatch warm = new CountDownLatch(1);
  private final CountDownLatch asked = new CountDownLatch(MANY + 1);
  private final CountDownLatch closed = new CountDownLatch(MANY + 1);
  private ServerSocket server;
  private Aws aws;

  @BeforeEach
  void start() throws Exception {
    server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
    aws =
        Aws.open(
            Map.of(
                "AWS_ENDPOINT_URL_S3",
                "http://127.0.0.1:" + server.getLocalPort(),
                "AWS_REGION",
                "eu-central-1",
                "AWS_ACCESS_KEY_ID",
                "id",
                "AWS_SECRET_ACCESS_KEY",
                "secret"));
    var first = get(MANY);
    assertThat(warm.await(60, TimeUnit.SECONDS)).isTrue();
    first.cancel(true);
  }

  @AfterEach
  void stop() throws IOException {
    aws.close();
    server.close();
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> listen(socket));
      }
    } catch (IOException stopped) {
      // the server was closed
    }
  }

  private void listen(Socket socket) {
    try (socket) {
      var in = socket.getInputStream();
      if (in.read() < 0) {
        return;
      }
      warm.countDown();
      asked.countDown();
      while (in.read() >= 0) {}
      closed.countDown();
    } catch (IOException reset) {
      closed.countDown();
    }
  }

  private CompletableFuture<ResponseBytes<GetObjectResponse>> get(Integer key) {
    return aws.s3()
        .getObject(get -> get.bucket("bucket").key("k" + key), AsyncResponseTransformer.toBytes());
  }

  private FanOut<Integer, ResponseBytes<GetObjectResponse>> fanOut() {
    return FanOut.ofSource(this::get).concurrency(MANY);
  }

  private static List<Integer> keys() {
    return IntStream.range(0, MANY).boxed().toList();
  }

  private void everySocketCloses() throws InterruptedException {
    assertThat(closed.await(20, TimeUnit.SECONDS)).as("%s are open", closed).isTrue();
  }

  @Test
  void whenItemsTimeOut() throws Exception {
    var summary = fanOut().timeout(Duration.ofSeconds(2)).forEach(keys(), _ -> {});

    assertThat(summary.timedOut()).isEqualTo(MANY);
    assertThat(summary.overdue()).isEmpty();
    everySocketCloses();
  }

  @Test
  void whenTheRunIsCancelled() throws Exception {
    var started = fanOut().startForEach(keys(), _ -> {});
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

    started.cancel(true);

    assertThat(started.get(20, TimeUnit.SECONDS).cancelled()).isEqualTo(MANY);
    everySocketCloses();
  }

  @Test
  void whenASiblingFails() throws Exception {
    var fails =
        FanOut.<Integer, ResponseBytes<GetObjectResponse>>of(
                (key, call) -> key < MANY ? call.own(get(key)) : failsWhenAllAreAsked())
            .concurrency(MANY + 1);

    assertThatThrownBy(() -> fails.join(IntStream.rangeClosed(0, MANY).boxed().toList()))
        .hasRootCauseMessage("the sibling");
    everySocketCloses();
  }

  private <R> CompletableFuture<R> failsWhenAllAreAsked() {
    return CompletableFuture.supplyAsync(() -> {
      try {
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
      throw new UncheckedIOException(new IOException("the sibling"));
    });
  }
}
