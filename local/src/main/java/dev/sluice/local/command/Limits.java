package dev.sluice.local.command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that are parameters of the template, by the same words.
final class Limits {
  @Option(
      names = "--concurrency",
      defaultValue = "100",
      paramLabel = "N",
      description = "Requests at once in one fetch invocation (${DEFAULT-VALUE}).")
  int concurrency;

  @Option(
      names = "--per-host",
      defaultValue = "2",
      paramLabel = "N",
      description = "Requests at once to one host (${DEFAULT-VALUE}).")
  int perHost;

  @Option(
      names = "--per-host-delay",
      defaultValue = "200ms",
      paramLabel = "D",
      converter = Amount.OfTime.class,
      description = "Between two starts to one host (${DEFAULT-VALUE}).")
  Duration perHostDelay = Duration.ZERO;

  @Option(
      names = "--timeout",
      paramLabel = "D",
      converter = Amount.OfTime.class,
      description = "One attempt, redirects included (20s; demo 2s).")
  @Nullable Duration timeout;

  @Option(
      names = "--max-attempts",
      defaultValue = "3",
      paramLabel = "N",
      description = "Requests for one URL (${DEFAULT-VALUE}).")
  int maxAttempts;

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
      description = "From the start to the end of the job (none).")
  @Nullable Duration jobDeadline;

  @Option(
      names = "--user-agent",
      paramLabel = "TEXT",
      description = "Names the one who asks, and how to reach them.")
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
  @Nullable String hosts;

  @Option(names = "--ignore-robots", description = "Leave robots.txt unread (false).")
  boolean ignoreRobots;

  /// For a laptop: fewer buckets and invocations than in the cloud.
  Map<String, String> parameters(Duration defaultTimeout) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("ConcurrencyRequests", "" + between("--concurrency", 1, concurrency, 1_000));
    parameters.put("PerHostRequests", "" + between("--per-host", 1, perHost, 100));
    parameters.put(
        "PerHostDelayMillis", "" + between("--per-host-delay", 0, perHostDelay, 600_000));
    var each = timeout == null ? defaultTimeout : timeout;
    parameters.put("TimeoutMillis", "" + between("--timeout", 100, each, 110_000));
    parameters.put("MaxAttempts", "" + between("--max-attempts", 1, maxAttempts, 20));
    parameters.put("MaxBodyBytes", "" + between("--max-body", 1_024, maxBody, 1L << 30));
    var deadline = jobDeadline == null ? 0 : Math.max(1, jobDeadline.toSeconds());
    parameters.put("JobDeadlineSeconds", "" + between("--job-deadline", 0, deadline, 31_536_000));
    if (userAgent != null) {
      parameters.put("UserAgent", userAgent);
    }
    parameters.put("AllowPrivate", String.join(",", allowPrivate));
    parameters.put("AllowPorts", String.join(",", allowPort));
    parameters.put("HostsFile", hosts == null ? "" : hosts);
    parameters.put("IgnoreRobots", "" + ignoreRobots);
    parameters.put("HostBuckets", "16");
    parameters.put("HighWaterMessages", "64");
    parameters.put("LowWaterMessages", "32");
    parameters.put("StartConcurrencyInvocations", "2");
    parameters.put("SplitConcurrencyInvocations", "2");
    parameters.put("FetchConcurrencyInvocations", "16");
    parameters.put("ExtractConcurrencyInvocations", "2");
    parameters.put("ReportConcurrencyInvocations", "2");
    return parameters;
  }

  private static long between(String option, long least, Duration value, long most) {
    return between(option, least, value.toMillis(), most, " ms");
  }

  private static long between(String option, long least, long value, long most) {
    return between(option, least, value, most, "");
  }

  private static long between(String option, long least, long value, long most, String unit) {
    if (value < least || value > most) {
      throw Refused.usage(
          option
              + " must be from "
              + least
              + unit
              + " to "
              + most
              + unit
              + ", got "
              + value
              + unit);
    }
    return value;
  }
}
