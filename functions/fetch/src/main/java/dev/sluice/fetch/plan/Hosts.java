package dev.sluice.fetch.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// What one invocation knows of the hosts of its bucket. Belongs to the executor of its run.
///
/// A host is an authority: a name or address, and its port. Starts are reserved: who asks for a
/// slot gets the instant that is his, and the next one comes a delay later.
public final class Hosts {
  /// A crawl-delay counts for at most this.
  public static final Duration MAX_DELAY = Duration.ofSeconds(30);

  /// What outlives the invocation.
  ///
  /// @param nextStart not before
  /// @param parkedUntil what the host itself asked for
  public record Memory(Instant nextStart, Instant parkedUntil) {
    Memory later(Memory other) {
      return new Memory(
          nextStart.isAfter(other.nextStart) ? nextStart : other.nextStart,
          parkedUntil.isAfter(other.parkedUntil) ? parkedUntil : other.parkedUntil);
    }
  }

  /// The object `hosts/{bucket}.json`.
  public record Memories(Map<String, Memory> hosts) {
    public static final Memories NONE = new Memories(Map.of());

    public Memories {
      hosts = Map.copyOf(hosts);
    }
  }

  private static final class Host {
    private int inFlight;
    private Duration delay;
    private Instant nextStart = Instant.EPOCH;
    private Instant parkedUntil = Instant.EPOCH;

    Host(Duration delay) {
      this.delay = delay;
    }

    Instant free() {
      return nextStart.isAfter(parkedUntil) ? nextStart : parkedUntil;
    }
  }

  private final int perHost;
  private final Duration delay;
  private final Map<String, Host> hosts = new HashMap<>();

  /// @param perHost requests at once to one host
  /// @param delay between two starts
  /// @param remembered of earlier invocations
  public Hosts(int perHost, Duration delay, Memories remembered) {
    this.perHost = perHost;
    this.delay = delay;
    remembered
        .hosts()
        .forEach((name, memory) -> {
          var host = host(name);
          host.nextStart = memory.nextStart();
          host.parkedUntil = memory.parkedUntil();
        });
  }

  /// When the host may be asked, as far as time decides.
  public Instant due(String name) {
    return host(name).free();
  }

  /// Whether one more request to it may be under way.
  boolean hasPermit(String name) {
    return host(name).inFlight < perHost;
  }

  /// Whether any request is under way.
  boolean anyInFlight() {
    return hosts.values().stream().anyMatch(host -> host.inFlight > 0);
  }

  void begin(String name) {
    host(name).inFlight++;
  }

  void end(String name) {
    host(name).inFlight--;
  }

  /// Takes the next start of the host and says when it is.
  public Instant reserve(String name, Instant now) {
    var host = host(name);
    var at = host.free().isAfter(now) ? host.free() : now;
    host.nextStart = at.plus(host.delay);
    return at;
  }

  /// The host asked for no request until then.
  public void park(String name, Instant until) {
    var host = host(name);
    if (until.isAfter(host.parkedUntil)) {
      host.parkedUntil = until;
    }
  }

  /// Whether the host's own word holds requests back at `now`.
  public boolean isParked(String name, Instant now) {
    return host(name).parkedUntil.isAfter(now);
  }

  /// What its robots.txt asks for, within bounds; never less than our own delay.
  public void slowDown(String name, Duration crawlDelay) {
    var host = host(name);
    var bounded = crawlDelay.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : crawlDelay;
    if (bounded.compareTo(host.delay) > 0) {
      host.delay = bounded;
    }
  }

  /// What later invocations must know, merged with what another one wrote: the later instant
  /// counts.
  public Memories memories(Memories other, Instant now) {
    var merged = new TreeMap<String, Memory>();
    other
        .hosts()
        .forEach((name, memory) -> {
          if (memory.nextStart().isAfter(now) || memory.parkedUntil().isAfter(now)) {
            merged.put(name, memory);
          }
        });
    hosts.forEach((name, host) -> {
      if (host.free().isAfter(now)) {
        merged.merge(name, new Memory(host.nextStart, host.parkedUntil), Memory::later);
      }
    });
    return new Memories(merged);
  }

  private Host host(String name) {
    return hosts.computeIfAbsent(name, _ -> new Host(delay));
  }
}
