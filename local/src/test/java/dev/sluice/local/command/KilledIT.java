package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.archive.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command line as a process of its own that is ended from outside.
@NullUnmarked // set before each test
class KilledIT {
  private static final boolean PROOFS = Boolean.getBoolean("sluice.proofs");

  private static final int URLS = 400;
  private static final int HOSTS = 40;
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();
  private Path out;
  private Path list;
  private Path hosts;
  private Path tmp;
  private Web web;

  @BeforeEach
  void start() throws IOException {
    out = folder.resolve("out");
    tmp = Files.createDirectory(folder.resolve("tmp"));
    web = Web.start(20);
    var urls = new ArrayList<String>();
    var names = new ArrayList<String>();
    for (var i = 0; i < URLS; i++) {
      // Many hosts, so that many invocations work at once.
      urls.add(String.format(Locale.ROOT, "http://h%d.test:%d/page/%d", i % HOSTS, web.port(), i));
      names.add(String.format(Locale.ROOT, "127.0.0.1 h%d.test", i % HOSTS));
    }
    list = Files.write(folder.resolve("list.txt"), urls);
    hosts = Files.write(folder.resolve("hosts"), names);
  }

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
    web.close();
  }

  /// As `sluice` starts it.
  private Process sluice(String... more) throws IOException {
    var words = new ArrayList<String>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djava.io.tmpdir=" + tmp,
            "-Dsluice.tmp=" + tmp,
            "-Dsluice.home=..",
            "-Dsluice.command=./sluice",
            "-jar",
            jar().toString()));
    words.addAll(List.of("run", list.toString(), "--out", out.toString(), "--json"));
    words.addAll(List.of("--allow-private", "127.0.0.0/8", "--allow-port", "" + web.port()));
    words.addAll(List.of("--hosts", hosts.toString(), "--per-host-delay", "20ms"));
    words.addAll(List.of(more));
    Files.createDirectories(tmp);
    var process =
        new ProcessBuilder(words)
            .redirectOutput(folder.resolve("stdout").toFile())
            .redirectError(folder.resolve("stderr").toFile())
            .redirectInput(new File("/dev/null"))
            .start();
    started.add(process);
    return process;
  }

  private static Path jar() throws IOException {
    try (var jars = Files.newDirectoryStream(Path.of("target"), "sluice-local-*.jar")) {
      var found = jars.iterator();
      assertThat(found.hasNext()).as("mvn package made target/sluice-local-*.jar").isTrue();
      return found.next();
    }
  }

  private static void until(Callable<Boolean> holds) {
    Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(holds);
  }

  private int rows() throws IOException {
    return OutRows.files(out.resolve("rows")).size();
  }

  private Map<Path, String> contents() throws IOException {
    var contents = new HashMap<Path, String>();
    for (var root : List.of("plan", "rows", "warc", "manifests")) {
      for (var file : OutRows.files(out.resolve(root))) {
        if (file.toString().matches(".*(gz|txt|cdxj)")) {
          contents.put(file, java.util.HexFormat.of().formatHex(sha(file)));
        }
      }
    }
    return contents;
  }

  private static byte[] sha(Path file) throws IOException {
    try {
      return java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    } catch (java.security.NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Test
  void whereverItIsKilledTheSameCommandGoesOnAndLosesNothing() throws Exception {
    List<Callable<Boolean>> moments =
        List.of(
            () -> Files.isDirectory(out.resolve("jobs")),
            () -> !OutRows.files(out.resolve("manifests")).isEmpty(),
            () -> !OutRows.files(out.resolve("plan")).isEmpty(),
            () -> !OutRows.files(out.resolve("warc")).isEmpty(),
            () -> rows() > 4,
            () -> rows() > 12);
    for (var moment : moments) {
      var process = sluice();
      until(() -> moment.call() || !process.isAlive());
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      var before = contents();

      assertThat(contents()).as("nobody writes any more").isEqualTo(before);
    }
    var before = contents();

    var last = sluice();
    assertThat(last.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(last.exitValue()).isZero();
    assertThat(contents()).as("what was there is as it was").containsAllEntriesOf(before);
    assertThat(OutRows.lines(out, "list"))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, URLS).boxed().toList());
    var result = Json.tree(Files.readString(folder.resolve("stdout")).strip());
    assertThat(result.path("stored").asInt()).isEqualTo(URLS);
    assertThat(result.path("balanced").asBoolean()).isTrue();
    nothingIsHalfWritten();
  }

  /// Each time it has five archives more. In the end it gives the rows of a run that nobody
  /// disturbs, and has asked for nothing again that was in an archive.
  @Tag("proofs")
  @Test
  void killedAgainAndAgainItGivesTheSameRowsAndAsksForNothingThatItHas() throws Exception {
    var lines = PROOFS ? 5_000 : 2_000; // some 56 archives, or 22
    var kills = PROOFS ? 10 : 3;
    var pages = lines - 100;
    var urls = new ArrayList<String>();
    for (var i = 0; i < pages; i++) {
      urls.add(String.format(Locale.ROOT, "http://h%d.test:%d/page/%d", i % HOSTS, web.port(), i));
    }
    urls.addAll(urls.subList(100, 150));
    for (var i = 0; i < 50; i++) {
      urls.add("no URL " + i);
    }
    Files.write(list, urls);
    end(sluice());
    var undisturbed = outcomes();
    out = folder.resolve("killed");
    var before = web.asked();

    var archived = new HashMap<String, Integer>();
    for (var kill = 1; kill <= kills; kill++) {
      var enough = kill * 5;
      var process = sluice();
      until(() -> archives().size() >= enough || !process.isAlive());
      assertThat(process.isAlive()).as("before it has ended").isTrue();
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      for (var path : archivedPaths()) {
        archived.putIfAbsent(path, web.asked(path));
      }
    }
    end(sluice());

    assertThat(outcomes()).hasSize(lines).isEqualTo(undisturbed);
    assertThat(archived).hasSizeGreaterThan(lines / 5);
    assertThat(archived)
        .allSatisfy((path, asked) -> assertThat(web.asked(path)).as(path).isEqualTo(asked));
    var result = Json.tree(Files.readString(folder.resolve("stdout")).strip());
    assertThat(result.path("balanced").asBoolean()).isTrue();
    assertThat(result.path("pending").asInt()).isZero();
    System.out.printf(
        "killed %d times: %d in an archive at a kill, none asked again; %d requests for %d pages%n",
        kills, archived.size(), web.asked() - before, pages);
  }

  private static void end(Process process) throws InterruptedException {
    assertThat(process.waitFor(3 * SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  /// What became of each line, without times and places.
  private SortedMap<Long, String> outcomes() throws IOException {
    var outcomes = new TreeMap<Long, String>();
    for (var row : OutRows.of(out, "list")) {
      var is = new ArrayList<String>();
      for (var column :
          List.of("url", "outcome", "fault", "detail", "fetch_status", "content_digest")) {
        is.add(row.path(column).asText());
      }
      assertThat(outcomes.put(row.path("line").asLong(), is.toString())).isNull();
    }
    return outcomes;
  }

  private List<Path> archives() throws IOException {
    return OutRows.files(out.resolve("warc")).stream()
        .filter(file -> file.toString().endsWith(".warc.gz"))
        .toList();
  }

  /// The paths whose responses lie in an archive.
  private Set<String> archivedPaths() throws IOException {
    var paths = new HashSet<String>();
    for (var file : archives()) {
      try (var in = new GZIPInputStream(Files.newInputStream(file))) {
        var type = "";
        for (var line : new String(in.readAllBytes(), ISO_8859_1).split("\r\n", -1)) {
          type = line.startsWith("WARC-Type: ") ? line : type;
          if (line.startsWith("WARC-Target-URI: ") && type.endsWith(" response")) {
            paths.add(URI.create(line.substring("WARC-Target-URI: ".length())).getPath());
          }
        }
      }
    }
    paths.remove("/robots.txt");
    return paths;
  }

  /// A shell that starts this in the background has its children ignore SIGINT, which a JVM keeps
  /// to.
  private static void signalsArrive() throws IOException {
    var status = Path.of("/proc/self/status");
    if (Files.isReadable(status)) {
      var ignored =
          Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .mapToLong(
                  line -> Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16))
              .sum();
      assumeTrue((ignored & 2) == 0, "SIGINT is ignored here: run it in the foreground");
    }
  }

  @Test
  void aSignalEndsItInGoodOrderWithin5SecondsAndItSaysHowToGoOn() throws Exception {
    signalsArrive();
    for (var signal : List.of("INT", "TERM")) {
      var before = rows();
      var process = sluice("--job", "signalled");
      until(() -> rows() > before + 2);
      var began = System.nanoTime();
      kill(signal, process);

      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
      assertThat(process.exitValue()).isEqualTo(130);
      assertThat(Files.readString(folder.resolve("stderr")))
          .isEqualTo(
              String.format(
                  Locale.ROOT,
                  "sluice: interrupted; go on with: ./sluice run %s --out %s --json --allow-private 127.0.0.0/8 --allow-port %d --hosts %s --per-host-delay 20ms --job signalled%n",
                  list,
                  out,
                  web.port(),
                  hosts));
      assertThat(folder.resolve("stdout")).isEmptyFile();
      assertThat(tmp).as("temporary files are gone").doesNotExist();
      nothingIsHalfWritten();
    }
  }

  @Test
  void aSecondSignalEndsItAtOnce() throws Exception {
    signalsArrive();
    Files.writeString(list, web.url("/hang/1") + "\n");
    var process = sluice();
    assertThat(web.hangs(60)).isTrue();
    kill("INT", process);
    until(() -> Files.readString(folder.resolve("stderr"), UTF_8).contains("go on with"));
    kill("INT", process);

    assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
  }

  private static void kill(String signal, Process process) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor())
        .isZero();
  }

  private void nothingIsHalfWritten() throws IOException {
    assertThat(OutRows.files(out))
        .allSatisfy(file ->
            assertThat(file.getFileName().toString())
                .doesNotMatch(".*-\\p{XDigit}{8}-\\p{XDigit}{4}-.*")
                .doesNotStartWith("."));
  }
}
