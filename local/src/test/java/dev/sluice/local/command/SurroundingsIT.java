package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkSystemSetting;

/// A whole small job in a JVM of its own, whose user has set things up in some way. The job is the
/// same as anybody's.
@NullUnmarked // set before each test
class SurroundingsIT {
  private static final Pattern FOREIGN_DIGIT = Pattern.compile("[\\p{Nd}&&[^0-9]]");

  @TempDir Path folder;
  private Path out;
  private Web web;
  private Process process;

  @BeforeEach
  void start() throws IOException {
    out = folder.resolve("out");
    web = Web.start(0);
  }

  @AfterEach
  void stop() {
    if (process != null) {
      process.destroyForcibly();
    }
    web.close();
  }

  /// As `sluice` starts it, on a list of four lines: two pages, the first again, and no URL.
  private int run(Map<String, String> environment, List<String> options) throws Exception {
    var list =
        Files.writeString(
            folder.resolve("LISTI.txt"),
            web.url("/page/1") + "\n" + web.url("/page/2") + "\n" + web.url("/page/1") + "\nx\n");
    var words = new ArrayList<String>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dsluice.home=.."));
    words.addAll(options);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    words.addAll(List.of("run", list.toString(), "--out", out.toString()));
    words.addAll(List.of("--allow-private", "127.0.0.0/8", "--allow-port", "" + web.port()));
    words.addAll(List.of("--per-host-delay", "0ms"));
    var builder =
        new ProcessBuilder(words)
            .redirectOutput(folder.resolve("stdout").toFile())
            .redirectError(folder.resolve("stderr").toFile())
            .redirectInput(new File("/dev/null"));
    builder.environment().putAll(environment);
    process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    return process.exitValue();
  }

  private void theJobIsDone() throws IOException {
    assertThat(OutRows.lines(out, "listi")).containsExactly(1L, 2L, 3L, 4L);
    assertThat(OutRows.of(out, "listi"))
        .extracting(row -> row.path("outcome").asText())
        .containsExactlyInAnyOrder("stored", "stored", "duplicate", "refused");
    assertThat(text("stdout")).startsWith("accepted                        4\n");
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ar EG u-nu-arab Africa/Cairo",
        "tr TR u-nu-latn Europe/Istanbul",
        "th TH u-ca-buddhist-nu-thai Asia/Bangkok",
        "ja JP u-ca-japanese Asia/Kathmandu"
      })
  void noDigitLetterOrCalendarOfTheUsersLanguageReachesAJob(String user) throws Exception {
    var words = user.split(" ", -1);
    var before = Instant.now();

    var status =
        run(
            Map.of(),
            List.of(
                "-Duser.language=" + words[0],
                "-Duser.country=" + words[1],
                "-Duser.extensions=" + words[2],
                "-Duser.timezone=" + words[3]));

    assertThat(status).as(text("stderr")).isZero();
    theJobIsDone();
    for (var row : OutRows.of(out, "listi")) {
      if (!row.path("fetch_time").isNull()) {
        assertThat(Instant.parse(row.path("fetch_time").asText())).isBetween(before, Instant.now());
      }
    }
    for (var text : written()) {
      assertThat(FOREIGN_DIGIT.matcher(text).results().map(MatchResult::group)).as(text).isEmpty();
    }
  }

  /// Port 9 of this machine is nobody's.
  @Test
  void noProxyAndNoSettingForAwsStandsBetweenAJobAndItsServers() throws Exception {
    var environment = new HashMap<String, String>();
    for (var name : List.of("http_proxy", "https_proxy", "all_proxy")) {
      environment.put(name, "http://127.0.0.1:9");
      environment.put(name.toUpperCase(Locale.ROOT), "http://127.0.0.1:9");
    }
    environment.put("NO_PROXY", "");
    environment.put("no_proxy", "");
    for (var setting : SdkSystemSetting.values()) {
      environment.put(setting.environmentVariable(), "no such value");
    }
    // The SDK has no other way to be told where the regions lie.
    environment.remove(SdkSystemSetting.AWS_PARTITIONS_FILE.environmentVariable());
    environment.put("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    environment.put("AWS_PROFILE", "nobody");
    environment.put("AWS_LAMBDA_FUNCTION_NAME", "another");
    environment.put("_X_AMZN_TRACE_ID", "Root=1-1-1");
    environment.put("HOME", folder.toString());
    Files.createDirectories(folder.resolve(".aws"));
    Files.writeString(folder.resolve(".aws/config"), "[default\nuse_fips_endpoint\n");
    Files.writeString(folder.resolve(".aws/credentials"), "[default\n");

    var status = run(environment, proxies());

    assertThat(status).as(text("stderr")).isZero();
    theJobIsDone();
  }

  private List<String> proxies() {
    var options =
        new ArrayList<>(
            List.of(
                "-DsocksProxyHost=127.0.0.1",
                "-DsocksProxyPort=9",
                "-Djava.net.useSystemProxies=true",
                "-Dhttp.nonProxyHosts=",
                "-Dconfig.file=" + folder.resolve("none.conf"),
                "-Duser.home=" + folder));
    for (var scheme : List.of("http", "https")) {
      options.add("-D" + scheme + ".proxyHost=127.0.0.1");
      options.add("-D" + scheme + ".proxyPort=9");
    }
    return options;
  }

  /// The names and the texts of all files, and what a person was shown.
  private List<String> written() throws IOException {
    var texts = new ArrayList<>(List.of(text("stdout"), text("stderr")));
    for (var file : OutRows.files(out)) {
      texts.add(out.relativize(file).toString());
      if (file.toString().endsWith(".keys")) {
        continue; // hashes
      }
      try (var in = Files.newInputStream(file);
          var plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
        texts.add(new String(plain.readAllBytes(), UTF_8));
      }
    }
    return texts;
  }
}
