package dev.sluice.local.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/// The demo's web: one server on a free port of 127.0.0.1; the `Host` field says which host is
/// meant.
///
/// One virtual thread a connection, at most [#MAX_CONNECTIONS]; each ends with the server.
public final class DemoWeb implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 512;
  private static final int HANG_SECONDS = 60;
  private static final String WORDS =
      "a sluice is a gate that lets through no more water than the channel below can carry ";

  private final ServerSocket server;
  private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  private DemoWeb(ServerSocket server) {
    this.server = server;
  }

  /// Starts it.
  public static DemoWeb start() throws IOException {
    var web = new DemoWeb(new ServerSocket(0, 256, InetAddress.getLoopbackAddress()));
    Thread.ofPlatform().daemon().name("demo-web").start(web::accept);
    return web;
  }

  /// Where it listens.
  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        connections.acquire();
        var socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().name("demo-connection").start(() -> serve(socket));
      } catch (IOException stopped) {
        return;
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(10_000);
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      var more = true;
      while (more) {
        var request = DemoRequest.read(in);
        more = request != null && answer(request, socket);
      }
    } catch (IOException gone) {
      // The client went away, or the server stops: either ends the connection.
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
      connections.release();
    }
  }

  /// Whether the connection may be used again.
  private boolean answer(DemoRequest request, Socket socket)
      throws IOException, InterruptedException {
    var out = socket.getOutputStream();
    var host = request.host().replaceAll(":.*", "");
    if (!host.matches("h\\d{3}\\.test")) {
      return respond(out, "404 Not Found", Map.of(), text("no such host: " + host));
    }
    var index = Integer.parseInt(host.substring(1, 4));
    var behaviour = Behaviour.of(index);
    if (request.path().equals("/robots.txt")) {
      return robots(out, behaviour);
    }
    return switch (behaviour) {
      case PAGES, FORBIDS, NO_ROBOTS -> page(out, request, index);
      case ELSEWHERE -> redirect(out, "http://" + DemoList.host(1) + ":" + port() + request.path());
      case REDIRECTS ->
          request.path().startsWith("/page/")
              ? redirect(out, "/moved" + request.path())
              : page(out, request, index);
      case LOOPS -> {
        var path = request.path();
        yield redirect(out, path.startsWith("/round") ? path.substring(6) : "/round" + path);
      }
      case MISSING -> respond(out, "404 Not Found", Map.of(), text("not here"));
      case BROKEN -> respond(out, "500 Internal Server Error", Map.of(), text("broken"));
      case FLAKY ->
          asked.add(request.host() + request.path())
              ? respond(out, "503 Service Unavailable", Map.of(), text("once more"))
              : page(out, request, index);
      case SLOW -> {
        closed.await(300, TimeUnit.MILLISECONDS);
        yield page(out, request, index);
      }
      case HANGS -> {
        closed.await(HANG_SECONDS, TimeUnit.SECONDS);
        yield false;
      }
      case RESETS -> {
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\npart".getBytes(UTF_8));
        out.flush();
        socket.setSoLinger(true, 0); // close sends a reset
        yield false;
      }
      case GARBAGE -> {
        out.write("SSH-2.0-OpenSSH_9.9\r\n".getBytes(UTF_8));
        yield false;
      }
      case HURRIED ->
          asked.add(host)
              ? respond(out, "429 Too Many Requests", Map.of("Retry-After", "1"), text("slower"))
              : page(out, request, index);
      case BOMB ->
          respond(
              out,
              "200 OK",
              Map.of("Content-Type", "text/html", "Content-Encoding", "gzip"),
              gzip(new byte[8 * 1024 * 1024]));
      case IMAGES -> respond(out, "200 OK", Map.of("Content-Type", "image/png"), new byte[2_048]);
    };
  }

  private static boolean robots(OutputStream out, Behaviour behaviour) throws IOException {
    if (behaviour == Behaviour.NO_ROBOTS) {
      return respond(out, "500 Internal Server Error", Map.of(), text("broken"));
    }
    if (behaviour == Behaviour.FORBIDS) {
      var rules = text("User-agent: *\nDisallow: /\n");
      return respond(out, "200 OK", Map.of("Content-Type", "text/plain"), rules);
    }
    return respond(out, "404 Not Found", Map.of(), text("none"));
  }

  private static boolean redirect(OutputStream out, String to) throws IOException {
    return respond(out, "302 Found", Map.of("Location", to), text("elsewhere"));
  }

  private boolean page(OutputStream out, DemoRequest request, int index) throws IOException {
    var page = new StringBuilder("<!doctype html><html><head><title>Page ");
    page.append(request.path()).append(" of host ").append(index).append("</title></head><body>");
    for (var i = 1; i <= 5; i++) {
      page.append("<p><a href=\"/page/")
          .append((index * 31 + i * 7) % 1_000)
          .append("\">next</a> <a href=\"http://")
          .append(DemoList.host((index + i) % DemoList.HOSTS))
          .append(':')
          .append(port())
          .append("/page/")
          .append(i)
          .append("\">elsewhere</a> ")
          .append(WORDS.repeat(1 + Math.abs(request.path().hashCode() % 40)))
          .append("</p>");
    }
    var body = text(page.append("</body></html>").toString());
    return request.gzip()
        ? respond(
            out,
            "200 OK",
            Map.of("Content-Type", "text/html; charset=utf-8", "Content-Encoding", "gzip"),
            gzip(body))
        : respond(out, "200 OK", Map.of("Content-Type", "text/html; charset=utf-8"), body);
  }

  private static boolean respond(
      OutputStream out, String status, Map<String, String> fields, byte[] body) throws IOException {
    var head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n");
    fields.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    var bytes = new ByteArrayOutputStream();
    bytes.write(head.toString().getBytes(ISO_8859_1));
    bytes.write(body);
    out.write(bytes.toByteArray());
    out.flush();
    return true;
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
    for (var socket : open) {
      socket.close();
    }
  }
}
