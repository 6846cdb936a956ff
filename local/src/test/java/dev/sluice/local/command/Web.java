package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A small loopback web: `/page/…` answers after the delay, `/hang/…` once it is told to. It counts
/// what it is asked for.
final class Web implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final long delayMillis;
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final AtomicInteger all = new AtomicInteger();
  private final CountDownLatch hung = new CountDownLatch(1);
  private final CountDownLatch freed = new CountDownLatch(1);

  private Web(long delayMillis) throws IOException {
    this.delayMillis = delayMillis;
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 256);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  static Web start(long delayMillis) throws IOException {
    return new Web(delayMillis);
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /// How often a path was asked for.
  int asked(String path) {
    var count = asked.get(path);
    return count == null ? 0 : count.get();
  }

  /// How often it was asked for anything.
  int asked() {
    return all.get();
  }

  /// Whether a request hangs, or does within the time.
  boolean hangs(long seconds) throws InterruptedException {
    return hung.await(seconds, TimeUnit.SECONDS);
  }

  /// What hangs answers, and nothing hangs any more.
  void free() {
    freed.countDown();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      asked.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
      all.incrementAndGet();
      if (path.equals("/robots.txt")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      if (path.startsWith("/hang/")) {
        hung.countDown();
        freed.await(60, TimeUnit.SECONDS);
      } else {
        freed.await(delayMillis, TimeUnit.MILLISECONDS);
      }
      var page = ("<html><title>" + path + "</title></html>").getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "text/html");
      exchange.sendResponseHeaders(200, page.length);
      exchange.getResponseBody().write(page);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    free();
    server.stop(0);
    threads.shutdownNow();
  }
}
