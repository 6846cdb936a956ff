package dev.sluice.fetch;

import dev.sluice.edge.Settings;
import dev.sluice.fetch.guard.HostsFile;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/// The settings of `fetch`, as its environment has them.
record FetchSettings(
    String bucket,
    String fetchQueueUrl,
    String splitQueueUrl,
    String extractQueueUrl,
    int hostGroups,
    int concurrencyRequests,
    int perHostRequests,
    Duration perHostDelay,
    Duration hostBackOff,
    Duration timeout,
    int maxAttempts,
    int retryBudgetPercent,
    long maxBodyBytes,
    long archiveMaxBytes,
    long spoolMemoryBytes,
    int sendConcurrencyRequests,
    String userAgent,
    UrlRules rules,
    HostsFile hosts,
    boolean ignoreRobots,
    Duration reserve) {
  static FetchSettings of(Map<String, String> env) {
    return Settings.read(
        env,
        from -> {
          var closed = AddressRules.opening("");
          var addresses = from.parsed("ALLOW_PRIVATE", closed, AddressRules::opening);
          var timeout = from.millis("TIMEOUT_MILLIS", 100, 110_000);
          var reserve = from.millis("RESERVE_MILLIS", 500, 60_000);
          fit(Duration.ofSeconds(from.count("FETCH_TIMEOUT_SECONDS", 5, 120)), timeout, reserve);
          return new FetchSettings(
              from.text("BUCKET"),
              from.text("FETCH_QUEUE_URL"),
              from.text("SPLIT_QUEUE_URL"),
              from.text("EXTRACT_QUEUE_URL"),
              from.count("HOST_GROUPS", 1, 65_536),
              from.count("CONCURRENCY_REQUESTS", 1, 1_000),
              from.count("PER_HOST_REQUESTS", 1, 100),
              from.millis("PER_HOST_DELAY_MILLIS", 0, 600_000),
              from.millis("HOST_BACK_OFF_MILLIS", 10, 300_000),
              timeout,
              from.count("MAX_ATTEMPTS", 1, 20),
              from.count("RETRY_BUDGET_PERCENT", 0, 1_900),
              from.number("MAX_BODY_BYTES", 1_024, 1L << 30),
              from.number("ARCHIVE_MAX_BYTES", 1L << 20, 1L << 30),
              from.number("SPOOL_MEMORY_BYTES", 1L << 20, 1L << 30),
              from.count("SEND_CONCURRENCY_REQUESTS", 1, 100),
              from.text("USER_AGENT"),
              from.parsed(
                  "ALLOW_PORTS",
                  UrlRules.of(addresses, ""),
                  ports -> UrlRules.of(addresses, ports)),
              from.parsed("HOSTS_FILE", HostsFile.EMPTY, FetchSettings::hosts),
              from.flag("IGNORE_ROBOTS"),
              reserve);
        });
  }

  /// An invocation that has no time for one request would hand all its URLs to the next one.
  private static void fit(Duration invocation, Duration timeout, Duration reserve) {
    if (invocation.compareTo(timeout.plus(reserve)) < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "FETCH_TIMEOUT_SECONDS must be at least TIMEOUT_MILLIS and RESERVE_MILLIS together, got %d, %d and %d",
              invocation.toSeconds(),
              timeout.toMillis(),
              reserve.toMillis()));
    }
  }

  private static HostsFile hosts(String path) {
    try {
      return path.isBlank() ? HostsFile.EMPTY : HostsFile.read(Path.of(path));
    } catch (IOException unreadable) {
      throw new IllegalArgumentException("cannot read " + path, unreadable);
    }
  }
}
