package dev.sluice.split;

import dev.sluice.edge.Settings;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;

/// The settings that `split` alone has.
record SplitSettings(
    int hostGroups, int partLines, int highWaterMessages, int lowWaterMessages, UrlRules rules) {
  /// How many tasks of a job may go beyond the mark: one for each host group, if there are no more
  /// host groups than messages at the mark.
  int openingTasks() {
    return Math.min(hostGroups, highWaterMessages);
  }

  static SplitSettings of(Settings from) {
    var closed = AddressRules.opening("");
    var addresses = from.parsed("ALLOW_PRIVATE", closed, AddressRules::opening);
    return new SplitSettings(
        from.count("HOST_GROUPS", 1, 65_536),
        from.count("PART_LINES", 1, 1_000_000),
        from.count("HIGH_WATER_MESSAGES", 1, 100_000),
        from.count("LOW_WATER_MESSAGES", 1, 100_000),
        from.parsed(
            "ALLOW_PORTS", UrlRules.of(addresses, ""), ports -> UrlRules.of(addresses, ports)));
  }
}
