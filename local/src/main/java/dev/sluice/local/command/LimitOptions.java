package dev.sluice.local.command;

import static java.util.Objects.requireNonNull;

import dev.sluice.fetch.guard.HostsFile;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that are parameters of the template, under the same words.
final class LimitOptions {
  /// The template's own default.
  static final String USER_AGENT = "Sluice/0.1 (+https://github.com/sluice-dev/sluice)";

  @Option(
      names = "--concurrency",
      defaultValue = "100",
      paramLabel = "N",
      description = "Requests at once in one fetch invocation (${DEFAULT-VALUE} requests).")
  int concurrency;

  @Option(
      names = "--per-host",
      defaultValue = "2",
      paramLabel = "N",
      description = "Requests at once to one host (${DEFAULT-VALUE} requests).")
  int perHost;

  @Option(
      names = "--per-host-delay",
      defaultValue = "200ms",
      paramLabel = "D",
      converter = Amount.OfTime.class,
      description = "Time between the starts of two requests to one host (${DEFAULT-VALUE}).")
  Duration perHostDelay = Duration.ZERO;

  @Option(
      names = "--timeout",
      paramLabel = "D",
      converter = Amount.OfTime.class,
      description = "One attempt, redirects included (20s).")
  @Nullable Duration timeout;

  @Option(
      names = "--max-attempts",
      defaultValue = "3",
      paramLabel = "N",
      description = "Requests for one URL (${DEFAULT-VALUE} requests).")
  int maxAttempts;

  @Option(
      names = "--retry-budget",
      defaultValue = "100",
      paramLabel = "N",
      description = "Requests sent once more for each 100 URLs of the job (${DEFAULT-VALUE}).")
  int retryBudget;

  @Option(
      names = "--max-body",
      defaultValue = "32MB",
      paramLabel = "S",
      converter = Amount.OfBytes.class,
      description = "A longer body is cut and marked (${DEFAULT-VALUE}).")
  long maxBody;

  @Option(
      names = "--job-deadline",
      paramLabel = "D",
      converter = Amount.OfTime.class,
      description = "Running time of the job, pauses left out; the rest is gave_up (none).")
  @Nullable Duration jobDeadline;

  @Option(
      names = "--user-agent",
      paramLabel = "TEXT",
      description = "Who asks, and how to reach them (" + USER_AGENT + ").")
  @Nullable String userAgent;

  @Option(
      names = "--allow-private",
      paramLabel = "CIDR",
      description = "A private range that may be asked; repeatable (none).")
  List<String> allowPrivate = List.of();

  @Option(
      names = "--allow-port",
      paramLabel = "P|P-Q",
      description = "Ports besides 80 and 443; repeatable (none).")
  List<String> allowPort = List.of();

  @Option(
      names = "--hosts",
      paramLabel = "FILE",
      description = "A hosts(5) file that is asked before DNS (none).")
  @Nullable Path hosts;

  @Option(names = "--ignore-robots", description = "Leave robots.txt unread (false).")
  boolean ignoreRobots;

  /// For a laptop: fewer host groups and invocations than in the cloud.
  ///
  /// @throws CommandRefused if one is out of its bounds, or cannot be read; names it
  Map<String, String> parameters(Duration defaultTimeout) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("ConcurrencyRequests", "" + between("--concurrency", 1, concurrency, 1_000));
    parameters.put("PerHostRequests", "" + between("--per-host", 1, perHost, 100));
    parameters.put(
        "PerHostDelayMillis",
        millis("--per-host-delay", Duration.ZERO, perHostDelay, Duration.ofMinutes(10)));
    var each = timeout == null ? defaultTimeout : timeout;
    parameters.put(
        "TimeoutMillis",
        millis("--timeout", Duration.ofMillis(100), each, Duration.ofSeconds(110)));
    parameters.put("MaxAttempts", "" + between("--max-attempts", 1, maxAttempts, 20));
    parameters.put("RetryBudgetPercent", "" + between("--retry-budget", 0, retryBudget, 1_900));
    parameters.put("MaxBodyBytes", "" + bytes("--max-body", 1 << 10, maxBody, 1L << 30));
    parameters.put("JobDeadlineSeconds", "" + (jobDeadline == null ? 0 : wholeSeconds()));
    if (userAgent != null) {
      if (!userAgent.matches("[ -~]{1,256}") || userAgent.isBlank()) {
        throw CommandRefused.usage(
            "--user-agent must be 1 to 256 characters of printable ASCII, got \""
                + userAgent
                + "\"");
      }
      parameters.put("UserAgent", userAgent);
    }
    var addresses = parsed("--allow-private", allowPrivate, AddressRules::opening);
    parameters.put("AllowPrivate", String.join(",", allowPrivate));
    parsed("--allow-port", allowPort, ports -> UrlRules.of(addresses, ports));
    parameters.put("AllowPorts", String.join(",", allowPort));
    checkHosts();
    parameters.put("HostsFile", hosts == null ? "" : hosts.toString());
    parameters.put("IgnoreRobots", "" + ignoreRobots);
    var hostGroups = "16"; // of each an invocation, so that no group waits for another
    parameters.put("HostGroups", hostGroups);
    parameters.put("HighWaterMessages", "48");
    parameters.put("LowWaterMessages", "40");
    parameters.put("SpoolMemoryBytes", "" + (4 << 20)); // of each invocation of fetch
    parameters.put("StartConcurrencyInvocations", "2");
    parameters.put("SplitConcurrencyInvocations", "2");
    parameters.put("FetchConcurrencyInvocations", hostGroups);
    parameters.put("ExtractConcurrencyInvocations", "2");
    parameters.put("ReportConcurrencyInvocations", "2");
    return parameters;
  }

  private long wholeSeconds() {
    var deadline = requireNonNull(jobDeadline);
    millis("--job-deadline", Duration.ofSeconds(1), deadline, Duration.ofDays(365));
    return deadline.plusMillis(999).toSeconds();
  }

  private static <T> T parsed(String option, List<String> values, Function<String, T> parse) {
    if (values.stream().anyMatch(String::isBlank)) {
      throw CommandRefused.usage(option + " must not be blank");
    }
    try {
      return parse.apply(String.join(",", values));
    } catch (IllegalArgumentException wrong) {
      throw CommandRefused.usage(option + ": " + wrong.getMessage());
    }
  }

  private void checkHosts() {
    if (hosts == null) {
      return;
    }
    try {
      HostsFile.read(hosts);
    } catch (IllegalArgumentException wrong) {
      throw CommandRefused.usage("--hosts " + hosts + ": " + wrong.getMessage());
    } catch (MalformedInputException noText) {
      throw CommandRefused.usage("--hosts must be a file of UTF-8 text, got " + hosts);
    } catch (IOException unreadable) {
      throw CommandRefused.usage(
          "--hosts must be a file that can be read, got "
              + (Files.isDirectory(hosts) ? "the folder " : "")
              + hosts);
    }
  }

  private static String millis(String option, Duration least, Duration value, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw refused(option, Amount.text(least), Amount.text(most), Amount.text(value));
    }
    return "" + value.toMillis();
  }

  private static long bytes(String option, long least, long value, long most) {
    if (value < least || value > most) {
      throw refused(option, Amount.size(least), Amount.size(most), Amount.size(value));
    }
    return value;
  }

  private static long between(String option, long least, long value, long most) {
    if (value < least || value > most) {
      throw refused(option, "" + least, "" + most, "" + value);
    }
    return value;
  }

  private static CommandRefused refused(String option, String least, String most, String value) {
    return CommandRefused.usage(
        option + " must be from " + least + " to " + most + ", got " + value);
  }
}
