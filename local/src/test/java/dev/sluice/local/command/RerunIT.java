package dev.sluice.local.command;

import static dev.sluice.local.command.Typed.sluice;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sluice rerun` on jobs whose server hangs first, and then does not.
@NullUnmarked // set before each test
class RerunIT {
  @TempDir Path folder;
  private Path out;
  private Web web;
  private Web other;

  @BeforeEach
  void start() throws IOException {
    out = folder.resolve("out");
    web = Web.start(0);
    other = Web.start(0);
  }

  @AfterEach
  void stop() {
    web.close();
    other.close();
  }

  private Typed typed(String... first) {
    var words = new ArrayList<>(List.of(first));
    words.addAll(
        List.of(
            "--out", out.toString(),
            "--allow-private", "127.0.0.0/8",
            "--allow-port", "" + web.port(),
            "--per-host-delay", "0ms",
            "--per-host", "10",
            "--timeout", "1s",
            "--max-attempts", "1"));
    return sluice(words.toArray(String[]::new));
  }

  /// Three lines hang, one of them twice; two are pages, one is garbage, and one at a port that is
  /// not allowed.
  private Typed run() throws IOException {
    var list =
        String.join(
            "\n",
            web.url("/page/1"),
            web.url("/hang/3"),
            "garbage",
            web.url("/hang/1"),
            web.url("/hang/3"),
            web.url("/page/2"),
            other.url("/page/4"),
            web.url("/hang/2"));
    var file = Files.writeString(folder.resolve("spring.txt"), list + "\n", UTF_8);
    return typed("run", file.toString(), "--json");
  }

  @Test
  void whatTimedOutIsStoredWhenTheServerHasRecovered() throws Exception {
    var first = run();
    assertThat(first.json().path("faults").path("timeout").asInt()).isEqualTo(3);
    web.free();

    var again = typed("rerun", "spring", "--only", "timeout", "--json");

    assertThat(again.status()).isZero();
    assertThat(again.json().path("job").asText()).isEqualTo("spring-2");
    assertThat(again.json().path("stored").asInt()).isEqualTo(3);
    assertThat(again.json().path("accepted").asInt()).isEqualTo(3);
    assertThat(Files.readString(out.resolve("manifests/spring-2.txt")))
        .isEqualTo(
            web.url("/hang/3") + "\n" + web.url("/hang/1") + "\n" + web.url("/hang/2") + "\n");
    assertThat(web.asked("/page/1")).isOne();
    assertThat(again.err()).contains("3 lines of spring as job spring-2");

    var nothing = typed("rerun", "spring-2");
    assertThat(nothing.status()).isZero();
    assertThat(nothing.err()).contains("job spring-2 has no failed lines: there is nothing to do");
    assertThat(out.resolve("manifests/spring-3.txt")).doesNotExist();
  }

  /// Refused lines are run again if their fault is named: here another port is allowed now.
  @Test
  void aRefusedLineIsRunAgainWhenItIsNamed() throws Exception {
    run();
    web.free();

    var all = typed("rerun", "spring", "--json");
    var port = typed("rerun", "spring", "--only=port", "--allow-port", "" + other.port(), "--json");

    assertThat(all.json().path("stored").asInt()).isEqualTo(3);
    assertThat(port.json().path("job").asText()).isEqualTo("spring-3");
    assertThat(port.json().path("accepted").asInt()).isOne();
    assertThat(port.json().path("stored").asInt()).isOne();
  }
}
