package dev.sluice.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.TaskId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A whole call that fails is the SDK's to repeat, as the channel counts on: its own client against
/// a server on loopback that speaks as much of SQS's JSON protocol as is needed.
@Timeout(60)
@org.jspecify.annotations.NullUnmarked // set before each test
class SqsRetryTest {
  private static final ExtractTask TASK =
      new ExtractTask(new JobId("spring"), 0, TaskId.planned(1));

  /// Statuses to answer with before all is well.
  private final BlockingQueue<Integer> trouble = new LinkedBlockingQueue<>();

  private final AtomicInteger calls = new AtomicInteger();
  private HttpServer server;
  private Aws aws;
  private SqsChannel<ExtractTask> channel;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    var endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
    aws =
        Aws.open(
            Map.of(
                "AWS_ENDPOINT_URL_SQS", endpoint,
                "AWS_REGION", "eu-west-1",
                "AWS_ACCESS_KEY_ID", "id",
                "AWS_SECRET_ACCESS_KEY", "secret"));
    channel = SqsChannel.unbounded(aws.sqs(), endpoint + "/000000000000/extract", 1);
  }

  @AfterEach
  void stop() {
    aws.close();
    server.stop(0);
  }

  @Test
  void aCallThatFailsTwiceIsRepeatedByTheSdk() {
    trouble.add(500);
    trouble.add(503);

    assertThat(channel.send(TASK, Deadline.NEVER).join()).isTrue();
    assertThat(calls).hasValue(3);
  }

  @Test
  void aCallThatIsWrongFailsAtOnce() {
    trouble.add(400);

    assertThatThrownBy(channel.send(TASK, Deadline.NEVER)::join)
        .hasMessageContaining("the queue took no batch")
        .hasRootCauseMessage(
            "no (Service: Sqs, Status Code: 400, Request ID: null) (SDK Attempt Count: 1)");
    assertThat(calls).hasValue(1);
  }

  @Test
  void aClientThatIsClosedFailsTheSend() {
    aws.close();

    assertThatThrownBy(channel.send(TASK, Deadline.NEVER)::join)
        .hasMessageContaining("the queue took no batch");
  }

  private void answer(HttpExchange exchange) throws IOException {
    calls.incrementAndGet();
    var request = Json.tree(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    var status = trouble.poll();
    var answer = Json.object();
    if (status == null) {
      for (var entry : request.path("Entries")) {
        answer
            .withArray("/Successful")
            .addObject()
            .put("Id", entry.path("Id").asText())
            .put("MessageId", "m")
            .put("MD5OfMessageBody", md5(entry.path("MessageBody").asText()));
      }
    } else {
      answer.put("__type", "com.amazonaws.sqs#Trouble").put("message", "no");
    }
    var body = answer.toString().getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(status == null ? 200 : status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException never) {
      throw new IllegalStateException("every JVM has MD5", never);
    }
  }
}
