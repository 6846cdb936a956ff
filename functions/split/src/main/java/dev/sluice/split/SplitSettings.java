package dev.sluice.split;

import dev.sluice.edge.Settings;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;
import java.time.Duration;
import java.util.Map;

/// What `split` is told by its environment.
record SplitSettings(
    String bucket,
    String splitQueueUrl,
    String fetchQueueUrl,
    String extractQueueUrl,
    String reportQueueUrl,
    int hostGroups,
    int partLines,
    int highWaterMessages,
    int lowWaterMessages,
    int sendConcurrencyRequests,
    UrlRules rules,
    Duration reserve) {
  /// How many tasks of a job may go beyond the mark: one for each host group, if there are no more
  /// host groups than messages at the mark.
  int openingTasks() {
    return Math.min(hostGroups, highWaterMessages);
  }

  static SplitSettings of(Map<String, String> env) {
    return Settings.read(
        env,
        from -> {
          var closed = AddressRules.opening("");
          var addresses = from.parsed("ALLOW_PRIVATE", closed, AddressRules::opening);
          return new SplitSettings(
              from.text("BUCKET"),
              from.text("SPLIT_QUEUE_URL"),
              from.text("FETCH_QUEUE_URL"),
              from.text("EXTRACT_QUEUE_URL"),
              from.text("REPORT_QUEUE_URL"),
              from.count("HOST_GROUPS", 1, 65_536),
              from.count("PART_LINES", 1, 1_000_000),
              from.count("HIGH_WATER_MESSAGES", 1, 100_000),
              from.count("LOW_WATER_MESSAGES", 1, 100_000),
              from.count("SEND_CONCURRENCY_REQUESTS", 1, 100),
              from.parsed(
                  "ALLOW_PORTS",
                  UrlRules.of(addresses, ""),
                  ports -> UrlRules.of(addresses, ports)),
              from.millis("RESERVE_MILLIS", 500, 60_000));
        });
  }
}
