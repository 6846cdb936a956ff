package dev.sluice.local.command;

import static dev.sluice.local.command.Typed.sluice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.archive.Json;
import dev.sluice.flow.HeldBackTime;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ReportTask;
import dev.sluice.local.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is refused before anything starts: one line that names value, rule and place.
///
/// Long for its cases: one sentence for each mistake that a command line can have.
@NullUnmarked // set before each test
class CommandTest {
  @TempDir Path folder;
  private String list;
  private Path out;

  @BeforeEach
  void aListThatIsThere() throws IOException {
    list = Files.writeString(folder.resolve("list.txt"), "http://a.example/\n").toString();
    out = folder.resolve("out");
  }

  private Typed run(String... more) {
    var words = new String[more.length + 4];
    System.arraycopy(new String[] {"run", list, "--out", out.toString()}, 0, words, 0, 4);
    System.arraycopy(more, 0, words, 4, more.length);
    return sluice(words);
  }

  private void isRefused(Typed typed, int status, String sentence) {
    assertThat(typed.err()).isEqualTo("sluice: " + sentence + "\n");
    assertThat(typed.out()).isEmpty();
    assertThat(typed.status()).isEqualTo(status);
    assertThat(out).as("nothing is half-written").doesNotExist();
  }

  static Stream<Arguments> valuesThatAreOutOfBounds() {
    return Stream.of(
        arguments("--concurrency", "0", "--concurrency must be from 1 to 1000, got 0"),
        arguments("--per-host", "101", "--per-host must be from 1 to 100, got 101"),
        arguments("--per-host-delay", "11m", "--per-host-delay must be from 0s to 10m, got 11m"),
        arguments("--timeout", "1ms", "--timeout must be from 100ms to 1m50s, got 1ms"),
        arguments("--max-attempts", "21", "--max-attempts must be from 1 to 20, got 21"),
        arguments("--retry-budget", "-1", "--retry-budget must be from 0 to 1900, got -1"),
        arguments("--max-body", "1B", "--max-body must be from 1KB to 1GB, got 1B"),
        arguments("--job-deadline", "500ms", "--job-deadline must be from 1s to 8760h, got 500ms"),
        arguments(
            "--timeout",
            "banana",
            "--timeout: a duration is a whole number and ms, s, m or h,"
                + " as 500ms or 5s, got \"banana\""),
        arguments(
            "--max-body",
            "1",
            "--max-body: a size is a whole number and B, KB, MB or GB,"
                + " as 64KB or 32MB, got \"1\""),
        arguments(
            "--concurrency",
            "many",
            "--concurrency must be a whole number that is not too large, got \"many\""),
        arguments(
            "--allow-private",
            "300.0.0.0/8",
            "--allow-private: a range must be an IPv4 or IPv6 address, a slash and a number of"
                + " bits, got \"300.0.0.0/8\""),
        arguments("--allow-private", "", "--allow-private must not be blank"),
        arguments(
            "--allow-port",
            "0-99999",
            "--allow-port: a port must be P or P-Q, 1 to 65535, P not above Q, got \"0-99999\""),
        arguments(
            "--user-agent",
            "me\r\nHost: you",
            "--user-agent must be 1 to 256 characters of printable ASCII, got \"me??Host: you\""),
        arguments(
            "--job",
            "No Good",
            "job must be 1 to 64 of a-z, 0-9, - and _ and begin with a letter or digit,"
                + " got \"No Good\""));
  }

  @ParameterizedTest
  @MethodSource("valuesThatAreOutOfBounds")
  void aValueOutOfItsBoundsIsRefusedBeforeAnythingIsWritten(
      String option, String value, String sentence) {
    isRefused(run(option, value), 2, sentence);
  }

  @Test
  void aListThatIsNotThereOrAFolderIsNoInput() {
    var missing = folder.resolve("missing.txt").toString();

    isRefused(
        sluice("run", missing, "--out", out.toString()),
        3,
        "URLS must be a file that is there, got " + missing);
    isRefused(
        sluice("run", folder.toString(), "--out", out.toString()),
        3,
        "URLS must be a file, got the folder " + folder);
  }

  @Test
  void aListThatOnlyCallsItselfGzipIsNoInput() throws IOException {
    list = Files.writeString(folder.resolve("list.txt.gz"), "http://a.example/\n").toString();

    isRefused(
        run(),
        3,
        "URLS ends with .gz and must be whole gzip, got " + list + ": gzip must begin with 1f 8b");
  }

  @Test
  void anOutThatIsAFileIsRefused() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "kept");

    var typed = sluice("run", list, "--out", file.toString());

    assertThat(typed.err())
        .isEqualTo("sluice: --out must be a folder, got the file " + file + "\n");
    assertThat(typed.status()).isEqualTo(2);
    assertThat(file).hasContent("kept");
  }

  @Test
  void anOutWhoseParentIsMissingIsRefusedAndTheParentIsNotMade() {
    out = folder.resolve("typo").resolve("out");

    isRefused(run(), 2, "--out must lie in a folder that is there, got " + out);
    assertThat(folder.resolve("typo")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc", "/proc/out"}) // nobody writes there, not even root
  void anOutThatCannotBeWrittenIsRefused(String unwritable) {
    assumeTrue(Files.isDirectory(Path.of("/proc")), "no /proc here");

    var typed = sluice("run", list, "--out", unwritable);

    assertThat(typed.err())
        .startsWith("sluice: --out must be a folder that can be written, got " + unwritable)
        .hasLineCount(1);
    assertThat(typed.status()).isEqualTo(2);
  }

  @Test
  void aHostsFileIsReadBeforeAnythingStarts() throws IOException {
    var hosts = folder.resolve("hosts");
    isRefused(
        run("--hosts", hosts.toString()),
        2,
        "--hosts must be a file that can be read, got " + hosts);
    Files.writeString(hosts, "127.0.0.1 a.example\nb.example 127.0.0.1\n");
    isRefused(
        run("--hosts", hosts.toString()),
        2,
        "--hosts "
            + hosts
            + ": a line of a hosts file must begin with an address, got \"b.example\" in line 2");
    isRefused(
        run("--hosts", folder.toString()),
        2,
        "--hosts must be a file that can be read, got the folder " + folder);
  }

  @Test
  void wordsThatAreNoCommandAreRefused() {
    isRefused(
        sluice("frobnicate"),
        2,
        "there is no command \"frobnicate\"; there are run, demo, rerun, status, rows");
    isRefused(run("--frob"), 2, "Unknown option: '--frob'");
    isRefused(run("more.txt"), 2, "run takes no more arguments, got \"more.txt\"");
    isRefused(sluice("run"), 2, "Missing required parameter: 'URLS'");
    isRefused(
        run("--json", "--quiet"), 2, "--json, --quiet are mutually exclusive (specify only one)");
  }

  @Test
  void aDemoIsBounded() {
    isRefused(
        sluice("demo", "--urls", "1000001", "--out", out.toString()),
        2,
        "--urls must be from 0 to 1000000, got 1000001");
  }

  @Test
  void aJobThatIsNotThereHasNeitherBooksNorRows() {
    var there = folder.toString();

    isRefused(sluice("status", "x", "--out", there), 2, "there is no job x in " + there);
    isRefused(sluice("rows", "x", "--out", there), 2, "there are no rows of job x in " + there);
    isRefused(
        sluice("rows", "x", "--out", there, "--where", "nonsense"),
        2,
        "--where must be an outcome or a fault, got \"nonsense\"");
    isRefused(
        sluice("status", "--out", out.toString()),
        2,
        "--out must be a folder that is there, got " + out);
    assertThat(sluice("status", "--out", there))
        .isEqualTo(new Typed(0, "no jobs in " + there + "\n", ""));
  }

  @Test
  void aRerunWantsAJobThatHasEndedAndFaultsThatThereAre() throws IOException {
    var there = folder.toString();
    Files.createDirectories(folder.resolve("jobs/begun"));
    Files.write(
        folder.resolve("jobs/begun/ledger.json"), Json.bytes(Ledger.empty(new JobId("begun"))));

    isRefused(sluice("rerun", "x", "--out", there), 2, "there is no job x in " + there);
    isRefused(
        sluice("rerun", "begun", "--out", there),
        2,
        "job begun must have ended; `sluice run` goes on with it");
    isRefused(
        sluice("rerun", "begun", "--out", there, "--only", "timeout,slow"),
        2,
        "--only must be of dns, connect, tls, timeout, disconnect, bad_http, too_large,"
            + " redirect_loop, http, gave_up, lost, bad_url, scheme, port, user_info, address, name,"
            + " robots, got \"slow\"");
    isRefused(
        sluice("rerun", "begun", "--out", there, "--only", "bad_line"),
        2,
        "--only must not be bad_line: such a line is no text to write again");
    isRefused(
        sluice("rerun", "begun", "--out", there, "--per-host", "0"),
        2,
        "--per-host must be from 1 to 100, got 0");
  }

  @Test
  void statusSaysHowLongSplitWasHeldBack() throws Exception {
    var since = Instant.parse("2026-03-01T12:00:00Z");
    var hold = new HeldBackTime(since, since.plusSeconds(90), 64_200);
    var job = new JobId("held");
    var ledger = Ledger.empty(job).with(new ReportTask.HeldBack(job, hold), since);
    Files.createDirectories(folder.resolve("jobs/held"));
    Files.write(folder.resolve("jobs/held/ledger.json"), Json.bytes(ledger));

    assertThat(sluice("status", "held", "--out", folder.toString()).out())
        .startsWith("split was held back for 1m5s, until 2026-03-01T12:01:30Z, for lack of room\n");
  }

  /// As after a loss of power.
  @ParameterizedTest
  @ValueSource(strings = {"no state", "{}", "null", ""})
  void booksThatCannotBeReadAreShownAsIfNothingWasEntered(String state) throws IOException {
    for (var job : new String[] {"good", "torn"}) {
      Files.createDirectories(folder.resolve("jobs").resolve(job));
      Files.createDirectories(folder.resolve("manifests"));
      Files.writeString(folder.resolve("manifests/" + job + ".txt"), "http://a.example/\n");
    }
    var good = Json.bytes(Ledger.empty(new JobId("good")));
    Files.write(folder.resolve("jobs/good/ledger.json"), good);
    Files.writeString(folder.resolve("jobs/torn/ledger.json"), state);

    var one = sluice("status", "torn", "--json", "--out", folder.toString());
    var all = sluice("status", "--json", "--out", folder.toString());

    assertThat(one.err() + all.err()).isEmpty();
    assertThat(one.json().path("job").asText()).isEqualTo("torn");
    assertThat(one.json().path("accepted").asInt()).isZero();
    assertThat(all.lines()).hasSize(1);
    assertThat(all.json().path("job").asText()).isEqualTo("good");
  }

  @Test
  void nothingTypedSaysWhatCouldBe() {
    var typed = sluice();

    assertThat(typed.status()).isEqualTo(2);
    assertThat(typed.err()).startsWith("Usage: sluice").contains("Exit status: 0 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "demo", "rerun", "status", "rows"})
  void theHelpOfEachCommandSaysEachDefaultAndFits80Columns(String command) {
    var typed = sluice(command, "--help");

    assertThat(typed.status()).isZero();
    assertThat(typed.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
    var help = typed.out();
    var options = help.substring(help.indexOf("      --out="), help.indexOf("  -h, --help"));
    assertThat(options.split("\n(?= {2,6}-)"))
        .hasSizeGreaterThan(1)
        .allSatisfy(option -> assertThat(option.strip()).endsWith(").").contains(" ("));
  }

  @Test
  void theDefaultsOfRunAreThoseOfTheTemplate() throws IOException {
    var template = Template.read(Typed.TEMPLATE, Map.of());
    var fetch = template.functions(anywhere()).get("Fetch").environment();
    var help = sluice("run", "--help").out().replaceAll("\\s+", " ");

    assertThat(fetch)
        .containsEntry("CONCURRENCY_REQUESTS", "100")
        .containsEntry("PER_HOST_REQUESTS", "2")
        .containsEntry("PER_HOST_DELAY_MILLIS", "200")
        .containsEntry("TIMEOUT_MILLIS", "20000")
        .containsEntry("MAX_ATTEMPTS", "3")
        .containsEntry("RETRY_BUDGET_PERCENT", "100")
        .containsEntry("MAX_BODY_BYTES", "" + (32 << 20))
        .containsEntry("USER_AGENT", LimitOptions.USER_AGENT);
    assertThat(help)
        .contains("(100 requests)", "(2 requests)", "(200ms)", "(20s)", "(3 requests)", "(32MB)")
        .contains("(" + LimitOptions.USER_AGENT + ")");
  }

  private static Template.Places anywhere() {
    return new Template.Places() {
      @Override
      public String queueUrl(Template.Queue queue) {
        return queue.queueName();
      }

      @Override
      public String bucket() {
        return "bucket";
      }
    };
  }
}
