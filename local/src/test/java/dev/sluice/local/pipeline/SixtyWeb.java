package dev.sluice.local.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.flow.url.WebUrl;
import dev.sluice.memory.MemoryWeb.ScriptedAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The web of [Sixty] on a loopback socket: the same answers, but `Retry-After` is 2 s.
final class SixtyWeb implements AutoCloseable {
  private static final int SILENCE_SECONDS = 60;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();

  SixtyWeb() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 256);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// A hosts file for the names of the list. Nobody listens where one of them lies.
  List<String> hosts() {
    var here = IntStream.range(0, 6).mapToObj(i -> "h" + i);
    return Stream.concat(
            Stream.concat(here, Stream.of("else", "closed"))
                .map(name -> "127.0.0.1 " + name + ".example"),
            Stream.of("127.0.0.9 gone.example"))
        .toList();
  }

  /// The list, at the port of this server. What is private there is another range here: loopback is
  /// open.
  List<String> lines() {
    return Sixty.lines().stream()
        .map(this::here)
        .map(line -> line.replace("http://127.0.0.1/", "http://10.0.0.7/"))
        .toList();
  }

  private String here(String url) {
    return url.replaceFirst("^(http://[a-z0-9]+\\.example)/", "$1:" + port() + "/");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var host = exchange.getRequestHeaders().getFirst("Host").replaceFirst(":.*", "");
      var url = "http://" + host + exchange.getRequestURI();
      var before = asked.merge(url, 1, Integer::sum) - 1;
      switch (Sixty.answer((WebUrl) WebUrl.parse(url), before)) {
        case ScriptedAnswer.Response response -> send(exchange, response, 0);
        case ScriptedAnswer.Unfinished(var begun, var breaks) -> {
          send(exchange, begun, 1);
          if (!breaks) {
            closed.await(SILENCE_SECONDS, TimeUnit.SECONDS);
          }
        }
        case ScriptedAnswer.Silence _ -> closed.await(SILENCE_SECONDS, TimeUnit.SECONDS);
        case ScriptedAnswer.Broken _ -> {} // closed without an answer
        case ScriptedAnswer.Ours ours -> throw ours.failure();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /// @param missing bytes that the head promises, beyond those of the body
  private void send(HttpExchange exchange, ScriptedAnswer.Response response, int missing)
      throws IOException {
    for (var field : response.fields()) {
      var colon = field.indexOf(':');
      var value = field.substring(colon + 1).strip();
      exchange
          .getResponseHeaders()
          .add(field.substring(0, colon), here(value.equals("30") ? "2" : value));
    }
    var body = response.body().getBytes(UTF_8);
    var length = body.length + missing;
    exchange.sendResponseHeaders(response.status(), length == 0 ? -1 : length);
    exchange.getResponseBody().write(body);
    exchange.getResponseBody().flush();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
