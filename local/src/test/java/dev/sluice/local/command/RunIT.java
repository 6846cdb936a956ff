package dev.sluice.local.command;

import static dev.sluice.local.command.Typed.sluice;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sluice run` from end to end in this JVM, over the embedded stack and a small loopback web.
@NullUnmarked // set before each test
class RunIT {
  @TempDir Path folder;
  private Path out;
  private Web web;

  @BeforeEach
  void start() throws IOException {
    out = folder.resolve("out");
    web = Web.start(0);
  }

  @AfterEach
  void stop() {
    web.close();
  }

  private Path list(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private String[] words(String urls, String... more) {
    var words = new String[more.length + 10];
    var first =
        new String[] {
          "run",
          urls,
          "--out",
          out.toString(),
          "--allow-private",
          "127.0.0.0/8",
          "--allow-port",
          "" + web.port(),
          "--per-host-delay",
          "0ms"
        };
    System.arraycopy(first, 0, words, 0, 10);
    System.arraycopy(more, 0, words, 10, more.length);
    return words;
  }

  private Typed run(Path list, String... more) {
    return sluice(words(list.toString(), more));
  }

  private void eachLineHasOneRow(String job, int accepted) throws IOException {
    assertThat(OutRows.lines(out, job)).hasSize(accepted).doesNotHaveDuplicates();
  }

  @Test
  void anEmptyListIsAJobOf0LinesThatSaysSo() throws IOException {
    var typed = run(list("empty.txt", "\n# nothing\n".getBytes(UTF_8)));

    assertThat(typed.status()).isZero();
    assertThat(typed.lines()).startsWith("a job of 0 lines: the list has none that counts");
    assertThat(out.resolve("report/empty/index.html")).exists();
  }

  @Test
  void eachLineOfABinaryFileIsARow() throws IOException {
    var bytes = new byte[20_000];
    new Random(7).nextBytes(bytes);
    var accepted = new String(bytes, ISO_8859_1).split("\n", -1);
    var counted = 0;
    for (var line : accepted) {
      var bare = line.replaceAll("^[ \t\r\f\u000b]+|[ \t\r\f\u000b]+$", "");
      counted += bare.isEmpty() || bare.startsWith("#") ? 0 : 1;
    }

    var typed = run(list("binary.bin", bytes), "--json");

    assertThat(typed.status()).isZero();
    assertThat(typed.json().path("accepted").asInt()).isEqualTo(counted);
    assertThat(typed.json().path("refused").asInt() + typed.json().path("duplicate").asInt())
        .isEqualTo(counted);
    eachLineHasOneRow("binary", counted);
  }

  @Test
  void aMarkAtTheBeginningAndReturnsAtTheEndsAreNoPartOfUrls() throws IOException {
    var text =
        "\ufeff" + web.url("/page/1") + "\r\n\r\n# note\r\n  " + web.url("/page/2") + "  \r\n";

    var typed = run(list("windows.txt", text.getBytes(UTF_8)), "--json");

    assertThat(typed.json().path("stored").asInt()).isEqualTo(2);
    assertThat(OutRows.of(out, "windows"))
        .extracting(row -> row.path("url").asText())
        .containsExactlyInAnyOrder(web.url("/page/1"), web.url("/page/2"));
    assertThat(OutRows.lines(out, "windows")).containsExactly(1L, 4L);
  }

  /// Those that SQS does not take, and those that act on a log line, a page or the direction of
  /// text.
  @Test
  void aLineKeepsEachCharacterUntilItsRow() throws IOException {
    var lines = new ArrayList<String>();
    for (var c :
        new int[] {0xffff, 0xfffe, 0, 1, 0xb, 0x1f, 0x7f, 0x85, 0x9f, 0x202e, 0x2028, 0xfdd0}) {
      lines.add(web.url("/page/a" + (char) c + "b"));
    }
    lines.add(web.url("/page/<script>\"&'"));
    lines.add("no URL \uffff\ufffe\u0001\u202e");
    for (var i = 0; i < 100; i++) {
      lines.add(web.url("/page/" + i));
    }

    var typed = run(list("odd.txt", (String.join("\n", lines) + "\n").getBytes(UTF_8)), "--json");

    assertThat(typed.status()).as(typed.err()).isZero();
    assertThat(typed.json().path("stored").asInt()).isEqualTo(lines.size() - 1);
    assertThat(OutRows.of(out, "odd"))
        .extracting(row -> row.path("url").asText())
        .containsExactlyInAnyOrderElementsOf(lines);
    assertThat(Files.readString(out.resolve("report/odd/index.html")))
        .doesNotContainPattern("<script>|[\\p{Cntrl}&&[^\n]]|[\ufffe\uffff\u202e]");
  }

  @Test
  void aGzippedListIsReadAsItsText() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write((web.url("/page/1") + "\n" + web.url("/page/2") + "\n").getBytes(UTF_8));
    }

    var typed = run(list("packed.txt.gz", bytes.toByteArray()), "--json");

    assertThat(typed.json().path("job").asText()).isEqualTo("packed");
    assertThat(typed.json().path("stored").asInt()).isEqualTo(2);
    assertThat(out.resolve("manifests/packed.txt.gz")).hasBinaryContent(bytes.toByteArray());
  }

  @Test
  void standardInputIsAListWhoseJobIsDoneOnce() throws IOException {
    var in = (web.url("/page/1") + "\n").getBytes(UTF_8);

    var first = sluice(in, new Interruption(), words("-", "--job", "piped", "--json"));
    var again = sluice(in, new Interruption(), words("-", "--job", "piped", "--json"));

    assertThat(first.status()).isZero();
    assertThat(again).isEqualTo(first);
    assertThat(web.asked("/page/1")).isEqualTo(1);
  }

  @Test
  void anotherListUnderTheSameNameIsRefusedAndLeavesTheFirstAsItWas() throws IOException {
    var list = list("same.txt", (web.url("/page/1") + "\n").getBytes(UTF_8));
    run(list);
    Files.writeString(list, web.url("/page/2") + "\n");

    var typed = run(list);

    assertThat(typed.status()).isEqualTo(2);
    assertThat(typed.err())
        .isEqualTo(
            "sluice: --job same in " + out + " has another list; give another --job or --out\n");
    assertThat(out.resolve("manifests/same.txt")).hasContent(web.url("/page/1"));
    assertThat(web.asked("/page/2")).isZero();
  }

  @Test
  void whatIsInterruptedEndsInGoodOrderSaysHowToGoOnAndGoesOn() throws Exception {
    var list =
        list("my list.txt", (web.url("/hang/1") + "\n" + "garbage\n".repeat(30)).getBytes(UTF_8));
    var interruption = new Interruption();
    var running =
        CompletableFuture.supplyAsync(
            () -> sluice(new byte[0], interruption, words(list.toString(), "--job", "broken")));
    assertThat(web.hangs(30)).isTrue();

    var began = System.nanoTime();
    assertThat(interruption.ask()).isTrue();
    var typed = running.get(10, TimeUnit.SECONDS);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(typed.status()).isEqualTo(130);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.err())
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "sluice: interrupted; go on with: ./sluice run '%s' --out %s --allow-private 127.0.0.0/8 --allow-port %d --per-host-delay 0ms --job broken%n",
                list,
                out,
                web.port()));
    assertThat(OutRows.files(out))
        .allSatisfy(file -> assertThat(file.toString()).doesNotMatch(".*-\\p{XDigit}{8}-.*"));
    assertThat(interruption.ask()).as("a second one has nothing to wait for").isFalse();
    web.free();

    var again = run(list, "--job", "broken", "--json");

    assertThat(again.status()).isZero();
    assertThat(again.json().path("stored").asInt()).isEqualTo(1);
    eachLineHasOneRow("broken", 31);
  }

  @Test
  void aDeadlineCountsTheTimeThatTheJobRanAndNotThePause() throws IOException {
    var list = list("late.txt", (web.url("/page/1") + "\n").getBytes(UTF_8));
    paused("late", list, Duration.ofMinutes(59));
    var twoDaysAgo = FileTime.from(Instant.now().minus(Duration.ofDays(2)));
    Files.setLastModifiedTime(out.resolve("manifests/late.txt"), twoDaysAgo);

    var typed = run(list, "--job-deadline", "1h", "--json");

    assertThat(typed.json().path("stored").asInt()).isEqualTo(1);
  }

  @Test
  void aJobThatRanUpToItsDeadlineGivesUpTheRest() throws IOException {
    var list = list("late.txt", (web.url("/page/1") + "\n").getBytes(UTF_8));
    paused("late", list, Duration.ofMinutes(61));

    var typed = run(list, "--job-deadline", "1h", "--json");

    assertThat(typed.status()).isZero();
    assertThat(typed.json().path("faults").path("gave_up").asInt()).isEqualTo(1);
    assertThat(web.asked("/page/1")).isZero();
  }

  /// They are a cache, however they were lost.
  @Test
  void aJobThatLostItsBooksHasThemAgainWithoutARequest() throws IOException {
    var list = list("torn.txt", (web.url("/page/1") + "\nx\n").getBytes(UTF_8));
    var whole = run(list, "--json");
    var state = out.resolve("jobs/torn/ledger.json");

    Files.writeString(state, "{\"books\":");
    assertThat(timeless(run(list, "--json"))).isEqualTo(timeless(whole));
    Files.delete(state);
    assertThat(timeless(run(list, "--json"))).isEqualTo(timeless(whole));

    assertThat(state).exists();
    assertThat(web.asked("/page/1")).isEqualTo(1);
  }

  /// When a job ended is in its books alone.
  private static Typed timeless(Typed typed) {
    var out = typed.out().replaceFirst("\"elapsed_s\":[0-9.]+", "");
    return new Typed(typed.status(), out, typed.err());
  }

  /// As a run leaves it that was killed after it had put the list.
  private void paused(String job, Path list, Duration ran) throws IOException {
    Files.createDirectories(out.resolve("manifests"));
    Files.copy(list, out.resolve("manifests/" + job + ".txt"));
    Files.createDirectories(out.resolve("jobs/" + job));
    Files.writeString(
        out.resolve("jobs/" + job + "/ran.json"),
        String.format(Locale.ROOT, "{\"ran_ms\":%16d}\n", ran.toMillis()));
  }

  @Test
  void rowsAreInTheOrderOfTheListAndOnlyThoseThatAreAskedFor() throws IOException {
    var urls = new StringBuilder();
    for (var i = 0; i < 20; i++) {
      urls.append(i % 4 == 0 ? "garbage " + i : web.url("/page/" + i)).append('\n');
    }
    run(list("order.txt", urls.toString().getBytes(UTF_8)));

    var all = sluice("rows", "order", "--out", out.toString());
    var refused = sluice("rows", "order", "--out", out.toString(), "--where", "bad_url");

    assertThat(
            all.lines().stream()
                .map(line -> dev.sluice.archive.Json.tree(line).path("line").asLong()))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
    assertThat(refused.lines()).hasSize(5).allMatch(line -> line.contains("garbage"));
  }

  @Test
  void statusIsATableOfAllJobsAndTheBooksOfOne() throws IOException {
    run(list("done.txt", (web.url("/page/1") + "\nx\n").getBytes(UTF_8)));

    var all = sluice("status", "--out", out.toString());
    var one = sluice("status", "done", "--out", out.toString());
    var json = sluice("status", "--out", out.toString(), "--json");

    assertThat(all.lines())
        .containsExactly(
            "  accepted    stored    failed   refused duplicate   pending  job",
            "         2         1         0         1         0         0  done");
    assertThat(one.out()).contains("accepted                        2\n").contains("bad_url");
    assertThat(json.json().path("job").asText()).isEqualTo("done");
  }
}
