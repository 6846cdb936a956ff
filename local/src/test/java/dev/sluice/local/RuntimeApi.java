package dev.sluice.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/// The Runtime API as Lambda gives it to a function's process: hands out one event, takes one
/// answer. Three paths of the documented protocol (2018-06-01), on a free port of 127.0.0.1.
@NullUnmarked // reads what may not be there
final class RuntimeApi implements AutoCloseable {
  private static final String ROOT = "/2018-06-01/runtime/";

  /// What the function said of the event.
  record Answer(String path, String body) {
    boolean isResponse() {
      return path.endsWith("/response");
    }
  }

  private final HttpServer server;
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>(1);
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>(1);
  private final Duration timeout;

  /// @param timeout that the function is told it has, and how long [#invoke] waits
  RuntimeApi(Duration timeout) throws IOException {
    this.timeout = timeout;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    // A waiting `next` holds its thread; an answer comes on another.
    server.setExecutor(task -> Thread.ofPlatform().daemon().name("runtime-api").start(task));
    server.createContext(ROOT + "invocation/next", this::next);
    server.createContext(ROOT, this::answer);
    server.start();
  }

  /// For `AWS_LAMBDA_RUNTIME_API`.
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /// Hands out the event and waits for the answer; null if none came in time.
  @Nullable Answer invoke(String event) throws InterruptedException {
    events.put(event);
    return answers.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void next(HttpExchange exchange) throws IOException {
    String event;
    try {
      event = events.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      event = null;
    }
    if (event == null) {
      exchange.sendResponseHeaders(410, -1);
      exchange.close();
      return;
    }
    var headers = exchange.getResponseHeaders();
    headers.set("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
    headers.set(
        "Lambda-Runtime-Deadline-Ms", "" + (System.currentTimeMillis() + timeout.toMillis()));
    headers.set(
        "Lambda-Runtime-Invoked-Function-Arn",
        "arn:aws:lambda:eu-west-1:123456789012:function:sluice");
    headers.set("Content-Type", "application/json");
    var body = event.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    var taken = answers.offer(new Answer(exchange.getRequestURI().getPath(), body));
    exchange.sendResponseHeaders(taken ? 202 : 409, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
