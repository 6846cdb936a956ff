package dev.sluice.fetch.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The part of one host that outlives an invocation.
///
/// @param nextStart the end of the slots that are reserved
/// @param lastStart the start of the last request
/// @param parkedUntil no request starts before, by the host's own word or by our back-off
/// @param misses requests in a row that reached nobody
/// @param deferrals how often in a row the host was deferred, with no other answer between
/// @param fault code of the last deferral; null if the host is well
/// @param detail one sentence of the same
/// @param robots the files by scheme; those with more than 4 KB of rules are without them
public record HostMemory(
    Instant nextStart,
    Instant lastStart,
    Instant parkedUntil,
    int misses,
    int deferrals,
    @Nullable String fault,
    @Nullable String detail,
    Map<String, RobotsMemory> robots) {
  /// So long after a host was last heard of, its misses and deferrals are forgotten.
  static final Duration TROUBLE_KEPT = Duration.ofHours(1);

  private static final int MAX_DETAIL_CHARS = 200;

  /// The memory of a host that was never asked.
  public static final HostMemory NONE =
      new HostMemory(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, 0, 0, null, null, Map.of());

  public HostMemory {
    robots = Collections.unmodifiableSortedMap(new TreeMap<>(robots));
  }

  HostMemory withNextStart(Instant to) {
    return new HostMemory(to, lastStart, parkedUntil, misses, deferrals, fault, detail, robots);
  }

  HostMemory withLastStart(Instant at) {
    return new HostMemory(nextStart, at, parkedUntil, misses, deferrals, fault, detail, robots);
  }

  /// The same with another end of its parking.
  public HostMemory withParkedUntil(Instant until) {
    return new HostMemory(nextStart, lastStart, until, misses, deferrals, fault, detail, robots);
  }

  private HostMemory withHealth(
      int newMisses, int newDeferrals, @Nullable String newFault, @Nullable String newDetail) {
    return new HostMemory(
        nextStart, lastStart, parkedUntil, newMisses, newDeferrals, newFault, newDetail, robots);
  }

  HostMemory withHealthOf(HostMemory other) {
    return withHealth(other.misses, other.deferrals, other.fault, other.detail);
  }

  private HostMemory withRobots(Map<String, RobotsMemory> all) {
    return new HostMemory(nextStart, lastStart, parkedUntil, misses, deferrals, fault, detail, all);
  }

  /// A request reached nobody.
  HostMemory missed() {
    return withHealth(misses + 1, deferrals, fault, detail);
  }

  /// The host was deferred.
  ///
  /// @param why failed or refused
  HostMemory deferred(Instant until, Ending why) {
    return switch (why) {
      case Ending.Failed(var code, var sentence) -> deferred(until, code, sentence);
      case Ending.Refused(var code, var sentence) -> deferred(until, code, sentence);
      case Ending.Stored _, Ending.Duplicate _ ->
          throw new IllegalArgumentException("a deferral needs a fault, got " + why);
    };
  }

  private HostMemory deferred(Instant until, Fault why, String sentence) {
    var cut = sentence.substring(0, Math.min(sentence.length(), MAX_DETAIL_CHARS));
    return withParkedUntil(until).withHealth(misses, deferrals + 1, why.code(), cut);
  }

  /// The ending of a URL that waited for the host in vain.
  Ending trouble() {
    var why =
        "its host was parked or out of reach "
            + deferrals
            + " times in a row, the last time because "
            + detail;
    return switch (fault == null ? Fault.Failed.CONNECT : Fault.of(fault)) {
      case Fault.Failed failed -> new Ending.Failed(failed, why);
      case Fault.Refused refused -> new Ending.Refused(refused, why);
    };
  }

  /// The same with the robots.txt of a scheme, without its rules where there is no room for them.
  HostMemory withRobots(String scheme, RobotsMemory file) {
    var rest = withoutRobots(scheme);
    var bytes = file.bytes();
    for (var other : rest.robots.values()) {
      bytes += other.bytes();
    }
    var all = new TreeMap<>(rest.robots);
    if (bytes <= RobotsMemory.MAX_BYTES) {
      all.put(scheme, file);
    } else {
      file.withoutRules().ifPresent(less -> all.put(scheme, less));
    }
    return withRobots(all);
  }

  HostMemory withoutRobots(String scheme) {
    var rest = new TreeMap<>(robots);
    rest.remove(scheme);
    return withRobots(rest);
  }

  HostMemory withoutRobots() {
    return withRobots(Map.of());
  }

  HostMemory withoutRules() {
    var rest = new TreeMap<String, RobotsMemory>();
    robots.forEach((scheme, file) -> file.withoutRules().ifPresent(less -> rest.put(scheme, less)));
    return withRobots(rest);
  }

  /// Merges two memories of one host: of each instant the later one counts, and the health that was
  /// seen by the later request.
  HostMemory merge(HostMemory other) {
    var files = new TreeMap<>(robots);
    other.robots.forEach((scheme, theirs) ->
        files.merge(scheme, theirs, (one, two) -> one.until().isAfter(two.until()) ? one : two));
    return withHealthOf(lastStart.isAfter(other.lastStart) ? this : other)
        .withNextStart(later(nextStart, other.nextStart))
        .withLastStart(later(lastStart, other.lastStart))
        .withParkedUntil(later(parkedUntil, other.parkedUntil))
        .withRobots(files);
  }

  /// The same without all that no longer counts.
  HostMemory without(Instant now) {
    var fresh = new TreeMap<>(robots);
    fresh.values().removeIf(file -> !file.until().isAfter(now));
    var isForgotten = !later(lastStart, parkedUntil).plus(TROUBLE_KEPT).isAfter(now);
    return withHealthOf(isForgotten ? NONE : this).withRobots(fresh);
  }

  /// Whether an invocation without this memory would act differently.
  boolean matters(Instant now, Duration delay) {
    return nextStart.isAfter(now)
        || parkedUntil.isAfter(now)
        || lastStart.plus(delay).isAfter(now)
        || misses > 0
        || deferrals > 0
        || !robots.isEmpty();
  }

  int robotsBytes() {
    // About the length of scheme, instant and delay, and that of the patterns.
    return robots.entrySet().stream()
        .mapToInt(each -> 80 + each.getKey().getBytes(UTF_8).length + each.getValue().bytes())
        .sum();
  }

  Instant robotsUntil() {
    return robots.values().stream()
        .map(RobotsMemory::until)
        .max(Instant::compareTo)
        .orElse(Instant.EPOCH);
  }

  static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
