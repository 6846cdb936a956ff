package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.local.stack.Stack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fifty hosts, eight fetch invocations at once, four parts, so that each host is asked by many
/// invocations one after the other. What the server sees is what was promised.
class PoliteIT {
  private static final JobId JOB = new JobId("polite");
  private static final int HOSTS = 50;
  private static final int URLS_OF_A_HOST = 5;
  private static final Duration DELAY = Duration.ofSeconds(1);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(4);
  private static final String BUSY = "h7.test";

  /// A request may be on its way for so long: it makes what lies between two look shorter.
  private static final Duration ON_ITS_WAY = Duration.ofMillis(500);

  @TempDir Path folder;

  /// A request as the server saw it.
  private record Seen(String path, long beganNanos, long endedNanos, int status) {}

  /// Answers each page, but one of its hosts is busy at first.
  private static final class Watching implements AutoCloseable {
    final Map<String, List<Seen>> byHost = new ConcurrentHashMap<>();
    private final HttpServer server;

    Watching() throws IOException {
      var here = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
      server = HttpServer.create(here, 256);
      server.createContext("/", this::answer);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
    }

    int port() {
      return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
      var began = System.nanoTime();
      var host = exchange.getRequestHeaders().getFirst("Host").replaceFirst(":.*", "");
      var path = exchange.getRequestURI().getPath();
      var seen = byHost.computeIfAbsent(host, _ -> new ArrayList<>());
      try (exchange) {
        var status = path.equals("/robots.txt") ? 404 : 200;
        synchronized (seen) {
          if (status == 200 && host.equals(BUSY) && seen.size() == 3) {
            status = 503;
          }
          seen.add(new Seen(path, began, Long.MAX_VALUE, status));
        }
        if (status == 503) {
          exchange.getResponseHeaders().add("Retry-After", "" + RETRY_AFTER.toSeconds());
        }
        var page = ("<title>" + path + "</title>").getBytes(UTF_8);
        Thread.sleep(20);
        exchange.sendResponseHeaders(status, page.length);
        exchange.getResponseBody().write(page);
        synchronized (seen) {
          seen.replaceAll(each ->
              each.beganNanos == began && each.path.equals(path)
                  ? new Seen(path, began, System.nanoTime(), each.status)
                  : each);
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void whatTheServerSeesIsPolite() throws Exception {
    try (var web = new Watching()) {
      var urls = new ArrayList<String>();
      var names = new ArrayList<String>();
      for (var i = 0; i < HOSTS * URLS_OF_A_HOST; i++) {
        urls.add(
            String.format(Locale.ROOT, "http://h%d.test:%d/page/%d", i % HOSTS, web.port(), i));
      }
      for (var host = 0; host < HOSTS; host++) {
        names.add("127.0.0.1 h" + host + ".test");
      }
      var hosts = Files.write(folder.resolve("hosts"), names);
      var out = Files.createDirectory(folder.resolve("out"));
      var parameters =
          Map.of(
              "FetchConcurrencyInvocations",
              "8",
              "HostGroups",
              "16",
              "PartLines",
              "" + HOSTS * 2,
              "PerHostRequests",
              "1",
              "PerHostDelayMillis",
              "" + DELAY.toMillis(),
              "HostsFile",
              hosts.toString(),
              "AllowPrivate",
              "127.0.0.0/8",
              "AllowPorts",
              "" + web.port());
      try (var stack = Stack.start(Path.of("..", "template.yaml"), out, parameters)) {
        var list = (String.join("\n", urls) + "\n").getBytes(UTF_8);
        stack
            .store()
            .put(Keys.manifest(JOB, false), new Content.Bytes(list), new Condition.IfAbsent())
            .join();
        Awaitility.await()
            .atMost(Duration.ofMinutes(4))
            .until(() -> Files.exists(out.resolve(Keys.report(JOB))));
      }

      assertThat(OutRows.of(out, JOB.name()))
          .hasSize(urls.size())
          .allMatch(row -> row.path("outcome").asText().equals("stored"));
      assertThat(web.byHost).hasSize(HOSTS);
      web.byHost.forEach(PoliteIT::isPolite);
      var statuses = web.byHost.getOrDefault(BUSY, List.of()).stream().map(Seen::status).toList();
      assertThat(statuses).as("of the busy host").containsOnlyOnce(503);
    }
  }

  private static void isPolite(String host, List<Seen> seen) {
    assertThat(seen).as("robots.txt of %s", host).filteredOn(PoliteIT::isRobots).hasSize(1);
    var pages = seen.stream().filter(each -> !isRobots(each)).toList();
    for (var i = 1; i < pages.size(); i++) {
      var before = pages.get(i - 1);
      var between = Duration.ofNanos(pages.get(i).beganNanos - before.beganNanos);
      assertThat(pages.get(i).beganNanos)
          .as("one at a time at %s", host)
          .isGreaterThanOrEqualTo(before.endedNanos);
      assertThat(between)
          .as("%s to %s at %s", before.path, pages.get(i).path, host)
          .isGreaterThan((before.status == 503 ? RETRY_AFTER : DELAY).minus(ON_ITS_WAY));
    }
  }

  private static boolean isRobots(Seen seen) {
    return seen.path.equals("/robots.txt");
  }
}
