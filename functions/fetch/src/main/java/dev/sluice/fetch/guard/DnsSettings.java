package dev.sluice.fetch.guard;

import java.time.Duration;

/// How names are looked up.
///
/// @param threads lookups at once
/// @param timeout of one lookup, waiting for a thread included
/// @param keep how long an answer is kept
/// @param keepFailure how long it is kept that a name has no address
/// @param maxNames kept at once, the least recently used leave
record DnsSettings(
    int threads, Duration timeout, Duration keep, Duration keepFailure, int maxNames) {
  static final DnsSettings DEFAULT =
      new DnsSettings(
          32, Duration.ofSeconds(5), Duration.ofMinutes(5), Duration.ofSeconds(30), 10_000);
}
