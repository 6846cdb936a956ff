package dev.sluice.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.flow.SplitTask;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What Lambda counts travels with each message, as the trace that its invocation belongs to.
class TraceHeaderTest {
  private static final String TWELFTH =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"
          + ";Lineage=a87bd80c:12|68fd508a:5";

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final Map<String, String> env = new ConcurrentHashMap<>();
  private HttpServer server;
  private Aws aws;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var request = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          var body = Json.tree(request).path("Entries").path(0).path("MessageBody").asText();
          var headers = exchange.getRequestHeaders();
          seen.add(headers.getFirst("X-Amz-Target") + " " + headers.get("X-Amzn-Trace-Id"));
          var answer =
              "{\"Successful\":[{\"Id\":\"0\",\"MessageId\":\"m\",\"MD5OfMessageBody\":\"%s\"}]}"
                  .formatted(md5(body));
          exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
          exchange.sendResponseHeaders(200, answer.length());
          exchange.getResponseBody().write(answer.getBytes(UTF_8));
          exchange.close();
        });
    server.start();
    env.put("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:" + server.getAddress().getPort());
    env.put("AWS_REGION", "eu-west-1");
    env.put("AWS_ACCESS_KEY_ID", "id");
    env.put("AWS_SECRET_ACCESS_KEY", "secret");
    aws = Aws.open(env);
  }

  private static String md5(String body) {
    try {
      var digest = MessageDigest.getInstance("MD5").digest(body.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException never) {
      throw new IllegalStateException("every JVM has MD5", never);
    }
  }

  @AfterEach
  void stop() {
    aws.close();
    server.stop(0);
  }

  private void send() throws Exception {
    var queue =
        SqsChannel.<SplitTask>unbounded(aws.sqs(), "http://127.0.0.1/000000000000/split", 1);
    var part = SplitTask.Part.first("manifests/j.txt", "e", Instant.now(), Duration.ofHours(24));
    queue.send(part, Deadline.in(Duration.ofSeconds(20))).get(30, TimeUnit.SECONDS);
  }

  @Test
  void aBatchCarriesTheTraceOfTheInvocationThatSendsIt() throws Exception {
    send();
    env.put(Aws.TRACE, TWELFTH);
    send();
    env.put(Aws.TRACE, TWELFTH.replace(":12", ":13"));
    send();

    assertThat(seen)
        .containsExactly(
            "AmazonSQS.SendMessageBatch null",
            "AmazonSQS.SendMessageBatch [" + TWELFTH + "]",
            "AmazonSQS.SendMessageBatch [" + TWELFTH.replace(":12", ":13") + "]");
  }
}
