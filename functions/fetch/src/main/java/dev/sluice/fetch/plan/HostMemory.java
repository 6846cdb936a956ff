package dev.sluice.fetch.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What outlives the invocation of one host.
///
/// @param nextStart the end of what is reserved
/// @param lastStart of a request
/// @param parkedUntil no request before, by the host's own word or by our back-off
/// @param misses requests in a row that reached nobody
/// @param deferrals how often in a row it was parked, with no other answer between
/// @param fault code of why it was deferred last; null if it is well
/// @param detail one sentence of the same
/// @param robots by scheme; of one with more than 4 KB of rules all else
public record HostMemory(
    Instant nextStart,
    Instant lastStart,
    Instant parkedUntil,
    int misses,
    int deferrals,
    @Nullable String fault,
    @Nullable String detail,
    Map<String, Robots.Remembered> robots) {
  /// Of all schemes of a host together, in bytes of UTF-8.
  static final int MAX_ROBOTS_BYTES = 4 * 1024;

  private static final int MAX_DETAIL_CHARS = 200;

  /// Nothing was asked yet.
  public static final HostMemory NONE =
      new HostMemory(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, 0, 0, null, null, Map.of());

  public HostMemory {
    robots = Collections.unmodifiableSortedMap(new TreeMap<>(robots));
  }

  HostMemory started(Instant at) {
    return new HostMemory(nextStart, at, parkedUntil, misses, deferrals, fault, detail, robots);
  }

  HostMemory reserved(Instant to) {
    return new HostMemory(to, lastStart, parkedUntil, misses, deferrals, fault, detail, robots);
  }

  HostMemory well() {
    return new HostMemory(nextStart, lastStart, parkedUntil, 0, 0, null, null, robots);
  }

  HostMemory missed() {
    return new HostMemory(
        nextStart, lastStart, parkedUntil, misses + 1, deferrals, fault, detail, robots);
  }

  /// The same with another end of its parking.
  public HostMemory parked(Instant until) {
    return new HostMemory(nextStart, lastStart, until, misses, deferrals, fault, detail, robots);
  }

  HostMemory deferred(Instant until, String why, String sentence) {
    var cut =
        sentence.length() > MAX_DETAIL_CHARS ? sentence.substring(0, MAX_DETAIL_CHARS) : sentence;
    return new HostMemory(nextStart, lastStart, until, misses, deferrals + 1, why, cut, robots);
  }

  HostMemory knows(String scheme, Optional<Robots.Remembered> rules) {
    var all = new TreeMap<>(robots);
    all.remove(scheme);
    var bytes = all.values().stream().mapToInt(Robots.Remembered::bytes).sum();
    rules
        .flatMap(these ->
            bytes + these.bytes() <= MAX_ROBOTS_BYTES ? Optional.of(these) : these.withoutRules())
        .ifPresent(these -> all.put(scheme, these));
    return new HostMemory(nextStart, lastStart, parkedUntil, misses, deferrals, fault, detail, all);
  }

  /// What both know: of each instant the later one; how the host is, from whoever asked it last.
  HostMemory merge(HostMemory other) {
    var newer = lastStart.isAfter(other.lastStart) ? this : other;
    var rules = new TreeMap<>(robots);
    other.robots.forEach((scheme, theirs) ->
        rules.merge(scheme, theirs, (one, two) -> one.until().isAfter(two.until()) ? one : two));
    return new HostMemory(
        Hosts.later(nextStart, other.nextStart),
        Hosts.later(lastStart, other.lastStart),
        Hosts.later(parkedUntil, other.parkedUntil),
        newer.misses,
        newer.deferrals,
        newer.fault,
        newer.detail,
        rules);
  }

  /// The same without what no longer counts.
  HostMemory without(Instant now) {
    var fresh = new TreeMap<>(robots);
    fresh.values().removeIf(rules -> !rules.until().isAfter(now));
    var forgotten = !Hosts.later(lastStart, parkedUntil).plus(Hosts.TROUBLE_KEPT).isAfter(now);
    return new HostMemory(
        nextStart,
        lastStart,
        parkedUntil,
        forgotten ? 0 : misses,
        forgotten ? 0 : deferrals,
        forgotten ? null : fault,
        forgotten ? null : detail,
        fresh);
  }

  HostMemory withoutRobots() {
    return new HostMemory(
        nextStart, lastStart, parkedUntil, misses, deferrals, fault, detail, Map.of());
  }

  HostMemory withoutRules() {
    var rest = new TreeMap<String, Robots.Remembered>();
    robots.forEach(
        (scheme, rules) -> rules.withoutRules().ifPresent(these -> rest.put(scheme, these)));
    return new HostMemory(
        nextStart, lastStart, parkedUntil, misses, deferrals, fault, detail, rest);
  }

  /// Whether an invocation that does not know it would do something else.
  boolean matters(Instant now, Duration delay) {
    return nextStart.isAfter(now)
        || parkedUntil.isAfter(now)
        || lastStart.plus(delay).isAfter(now)
        || misses > 0
        || deferrals > 0
        || !robots.isEmpty();
  }

  int robotsBytes() {
    // About what scheme, instant and delay take, and the patterns.
    return robots.entrySet().stream()
        .mapToInt(each -> 80 + each.getKey().getBytes(UTF_8).length + each.getValue().bytes())
        .sum();
  }

  Instant robotsUntil() {
    return robots.values().stream()
        .map(Robots.Remembered::until)
        .max(Instant::compareTo)
        .orElse(Instant.EPOCH);
  }
}
