package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.local.stack.Stack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invocations of 10 s on a web where half of what is asked for is never answered, with 4 s for an
/// attempt: each ends by itself, with outcomes for what it could do and leftovers for the rest.
class ShortFetchIT {
  private static final JobId JOB = new JobId("short");
  private static final int HOSTS = 16;
  private static final int URLS_OF_A_HOST = 10;

  @TempDir Path folder;

  @Test
  void whereHalfOfTheHostsHangNoInvocationIsKilled() throws Exception {
    try (var web = Web.start(0)) {
      var urls = new ArrayList<String>();
      var names = new ArrayList<String>();
      for (var host = 0; host < HOSTS; host++) {
        names.add("127.0.0.1 h" + host + ".test");
        var path = hangs(host) ? "/hang/" : "/page/";
        for (var i = 0; i < URLS_OF_A_HOST; i++) {
          urls.add(
              String.format(
                  Locale.ROOT, "http://h%d.test:%d%s%d-%d", host, web.port(), path, host, i));
        }
      }
      var hosts = Files.write(folder.resolve("hosts"), names);
      var out = Files.createDirectory(folder.resolve("out"));
      var parameters =
          Map.ofEntries(
              Map.entry("FetchTimeoutSeconds", "10"),
              Map.entry("FetchVisibilitySeconds", "60"),
              Map.entry("TimeoutMillis", "4000"),
              Map.entry("MaxAttempts", "1"),
              Map.entry("PerHostRequests", "2"),
              Map.entry("PerHostDelayMillis", "100"),
              Map.entry("HostGroups", "4"),
              Map.entry("HostsFile", hosts.toString()),
              Map.entry("AllowPrivate", "127.0.0.0/8"),
              Map.entry("AllowPorts", "" + web.port()));
      try (var stack = Stack.start(Path.of("..", "template.yaml"), out, parameters)) {
        var list = (String.join("\n", urls) + "\n").getBytes(UTF_8);
        stack
            .store()
            .put(Keys.manifest(JOB, false), new Content.Bytes(list), new Condition.IfAbsent())
            .join();
        Awaitility.await()
            .atMost(Duration.ofMinutes(4))
            .until(() -> Files.exists(out.resolve(Keys.report(JOB))));

        assertThat(stack.counters().timeouts()).hasValue(0);
        assertThat(stack.counters().failures()).hasValue(0);
      }

      var rows = OutRows.of(out, JOB.name());
      assertThat(OutRows.lines(out, JOB.name()))
          .isEqualTo(IntStream.rangeClosed(1, urls.size()).mapToObj(Long::valueOf).toList());
      assertThat(rows)
          .allSatisfy(row -> {
            var hangs = row.path("url").asText().contains("/hang/");
            assertThat(row.path("outcome").asText()).isEqualTo(hangs ? "failed" : "stored");
            assertThat(row.path("fault").asText()).isEqualTo(hangs ? "timeout" : "null");
          });
    }
  }

  private static boolean hangs(int host) {
    return host % 2 == 0;
  }
}
