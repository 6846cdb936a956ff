package dev.sluice.fetch.plan;

import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.url.WebUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What one invocation knows of the hosts of its host group. Belongs to the executor of its run.
///
/// A host is an authority: a name or address, and its port. A start needs a permit, a delay since
/// the last start, and a host that is not parked. What cannot start in this invocation reserves
/// slots; a reservation sets when to come back and holds nobody else up.
///
/// A host is *deferred* when it answers 429 or 503, or cannot be reached again and again: it is
/// parked, each time in a row for three times as long, and then asked by one request at a time
/// until it gives another answer.
///
/// It is long because all that decides when a host may be asked is here and nowhere else.
public final class Hosts {
  /// A crawl-delay counts for at most this.
  public static final Duration MAX_DELAY = Duration.ofSeconds(30);

  /// A host that was deferred so often in a row has ended.
  public static final int MAX_DEFERRALS = 5;

  /// So many requests in a row that reached nobody open the breaker.
  static final int MISSES = 5;

  private static final int BACK_OFF_FACTOR = 3;
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);

  /// A reservation reaches no further, so that one that nobody comes back for is forgotten.
  static final Duration LONGEST_RESERVATION = Duration.ofHours(1);

  /// So long after a host was last heard of, its misses and deferrals are forgotten.
  static final Duration TROUBLE_KEPT = Duration.ofHours(1);

  /// How much of a host's time is ours.
  ///
  /// @param perHost requests at once to one host
  /// @param delay between two starts
  /// @param backOff how long a host is parked the first time, at most
  public record Limits(int perHost, Duration delay, Duration backOff) {}

  private static final class Host {
    private int inFlight;
    private int claims;
    private final Deque<CompletableFuture<Boolean>> waiting = new ArrayDeque<>();
    private Duration delay;
    private HostMemory known = HostMemory.NONE;
    private final Map<String, Robots.Known> robots = new HashMap<>();
    private boolean deferredHere;
    private boolean probed;

    Host(Duration delay) {
      this.delay = delay;
    }

    Instant due() {
      return later(known.lastStart().plus(delay), known.parkedUntil());
    }

    void slowDown(Duration crawlDelay) {
      if (crawlDelay.compareTo(delay) > 0) {
        delay = crawlDelay.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : crawlDelay;
      }
    }

    boolean isParked(Instant now) {
      return known.parkedUntil().isAfter(now);
    }
  }

  private final Limits limits;
  private final RandomGenerator random;
  private final Runnable parked;
  private final Map<String, Host> hosts = new HashMap<>();

  /// @param random jitter of parking
  /// @param remembered of earlier invocations
  /// @param parked is called when a host was parked, so that others can be told
  public Hosts(
      Limits limits,
      RandomGenerator random,
      HostMemories remembered,
      Instant now,
      Runnable parked) {
    this.limits = limits;
    this.random = random;
    this.parked = parked;
    remembered
        .hosts()
        .forEach((name, memory) -> {
          var host = host(name);
          host.known = memory.without(now);
          for (var rules : host.known.robots().values()) {
            host.slowDown(Duration.ofMillis(rules.delayMillis()));
          }
        });
  }

  /// When the host may be asked, as far as time decides.
  public Instant due(String name) {
    return host(name).due();
  }

  /// Whether a lane may start one more request. Who waits at the [HopQueue] comes first.
  boolean hasPermit(String name) {
    var host = host(name);
    return host.inFlight + host.claims < permits(host);
  }

  /// Whether one of those in the queue of hops may.
  boolean hasPlace(String name) {
    var host = host(name);
    return host.inFlight < permits(host);
  }

  /// In trouble it is asked by a probe alone.
  private int permits(Host host) {
    return host.known.deferrals() > 0 ? 1 : limits.perHost();
  }

  void claim(String name) {
    host(name).claims++;
  }

  void unclaim(String name) {
    host(name).claims--;
  }

  /// Completes when a permit of the host was given back.
  CompletableFuture<Boolean> whenFree(String name) {
    var free = new CompletableFuture<Boolean>();
    host(name).waiting.add(free);
    return free;
  }

  /// A request begins that has a permit, now.
  void begin(String name, Instant now) {
    host(name).inFlight++;
    slot(name, now);
  }

  void end(String name) {
    var host = host(name);
    host.inFlight--;
    for (var next = host.waiting.poll(); next != null; next = host.waiting.poll()) {
      if (next.complete(true)) {
        return; // who gave up before is passed over
      }
    }
  }

  /// Takes the next start of the host for a request that has a permit, and says when it is.
  public Instant slot(String name, Instant now) {
    var host = host(name);
    var at = later(host.due(), now);
    host.known = host.known.started(at);
    return at;
  }

  /// Whether a request that has a permit may be the one that a host in trouble is asked by.
  public boolean mayProbe(String name) {
    var host = host(name);
    return host.known.deferrals() == 0 || !host.probed;
  }

  /// A request that waits for its start is that one, or has ended.
  public void probe(String name, boolean begins) {
    host(name).probed = begins && host(name).known.deferrals() > 0;
  }

  /// How far apart two starts are.
  public Duration delay(String name) {
    return host(name).delay;
  }

  /// Reserves slots that follow each other, behind all that were reserved, and says when the first
  /// is: at most an hour away.
  public Instant reserve(String name, int slots, Instant now) {
    var host = host(name);
    var last = now.plus(LONGEST_RESERVATION);
    var from = later(later(host.known.nextStart(), host.due()), now);
    var to = from.plus(host.delay.multipliedBy(slots));
    host.known = host.known.reserved(to.isAfter(last) ? last : to);
    return from.isAfter(last) ? last : from;
  }

  /// It answered with something else than 429 or 503: it is well.
  public void answered(String name) {
    var host = host(name);
    host.known = host.known.well();
    host.deferredHere = false;
  }

  /// A request could not reach it; too many in a row open the breaker.
  public void missed(String name, Instant now, Ending why) {
    var host = host(name);
    host.known = host.known.missed();
    if (host.known.misses() >= MISSES) {
      defer(name, now, now, why);
    }
  }

  /// Parks it for as long as it asked, and no shorter than our own back-off. While it is parked
  /// this counts as the same deferral.
  public void defer(String name, Instant asked, Instant now, Ending why) {
    var host = host(name);
    if (!host.isParked(now)) {
      host.deferredHere = true;
      host.known =
          host.known.deferred(
              later(asked, now.plus(backOff(host.known.deferrals()))),
              fault(why).code(),
              detail(why));
    } else {
      host.known = host.known.parked(later(host.known.parkedUntil(), asked));
    }
    parked.run();
  }

  private Duration backOff(int before) {
    var most = limits.backOff().toNanos();
    for (var i = 0; i < before && most < LONGEST_BACK_OFF.toNanos(); i++) {
      most *= BACK_OFF_FACTOR;
    }
    most = Math.min(most, LONGEST_BACK_OFF.toNanos());
    return Duration.ofNanos(most / 2 + random.nextLong(most / 2 + 1));
  }

  /// Whether the host waits at `now`, by its own word or by ours.
  public boolean isParked(String name, Instant now) {
    return host(name).isParked(now);
  }

  /// Until when it is.
  public Instant parkedUntil(String name) {
    return host(name).known.parkedUntil();
  }

  /// How often it was deferred with no other answer between.
  public int deferrals(String name) {
    return host(name).known.deferrals();
  }

  /// Whether it was deferred for the fifth time in a row or a later one, in this invocation.
  public boolean hasEnded(String name) {
    var host = host(name);
    return host.deferredHere && host.known.deferrals() >= MAX_DEFERRALS;
  }

  /// Why it was deferred last.
  public Ending trouble(String name) {
    var known = host(name).known;
    var detail =
        "its host was parked or out of reach "
            + known.deferrals()
            + " times in a row, the last time because "
            + known.detail();
    var fault = known.fault();
    return switch (fault == null ? Fault.Failed.CONNECT : Fault.of(fault)) {
      case Fault.Failed failed -> new Ending.Failed(failed, detail);
      case Fault.Refused refused -> new Ending.Refused(refused, detail);
    };
  }

  private static Fault fault(Ending why) {
    return switch (why) {
      case Ending.Failed(var fault, _) -> fault;
      case Ending.Refused(var fault, _) -> fault;
      case Ending.Stored _, Ending.Duplicate _ ->
          throw new IllegalArgumentException("a deferral needs a fault, got " + why);
    };
  }

  private static String detail(Ending why) {
    return switch (why) {
      case Ending.Failed(_, var detail) -> detail;
      case Ending.Refused(_, var detail) -> detail;
      case Ending.Stored _, Ending.Duplicate _ -> why.outcome();
    };
  }

  /// What the robots.txt of the URL's origin says, if that is known.
  public Optional<Robots.Known> robots(WebUrl url) {
    var host = host(url.authority());
    if (!host.robots.containsKey(url.scheme())) {
      remembered(host, url)
          .flatMap(Robots.Remembered::known)
          .ifPresent(known -> host.robots.put(url.scheme(), known));
    }
    return Optional.ofNullable(host.robots.get(url.scheme()));
  }

  /// Where the robots.txt of the URL's origin is to be asked, if not under its own name.
  public Optional<Robots.Moved> robotsMoved(WebUrl url) {
    return remembered(host(url.authority()), url)
        .flatMap(memory -> Optional.ofNullable(memory.moved()));
  }

  private static Optional<Robots.Remembered> remembered(Host host, WebUrl url) {
    return Optional.ofNullable(host.known.robots().get(url.scheme()));
  }

  /// The robots.txt of the URL's origin was sent on, or is to be asked under its own name again.
  ///
  /// @param moved null for its own name
  public void robotsMoved(WebUrl url, Robots.@Nullable Moved moved, Instant now) {
    var host = host(url.authority());
    var delay = remembered(host, url).map(Robots.Remembered::delayMillis).orElse(0L);
    var until = now.plus(Robots.TIME_TO_LIVE);
    host.known =
        host.known.knows(
            url.scheme(), Optional.of(new Robots.Remembered(until, delay, null, moved)));
  }

  /// The robots.txt of the URL's origin was read. Its crawl-delay counts within bounds, and never
  /// less than our own.
  public void know(WebUrl url, Robots.Known known) {
    var host = host(url.authority());
    host.robots.put(url.scheme(), known);
    host.slowDown(known.robots().crawlDelay());
    host.known = host.known.knows(url.scheme(), known.robots().remembered(known.until()));
  }

  /// What later invocations must know, merged with what another one wrote.
  public HostMemories memories(HostMemories other, Instant now) {
    var merged = new TreeMap<>(other.hosts());
    hosts.forEach((name, host) -> merged.merge(name, host.known, HostMemory::merge));
    merged.replaceAll((_, memory) -> memory.without(now));
    merged.entrySet().removeIf(each -> !each.getValue().matters(now, delay(each.getKey())));
    return new HostMemories(merged).bounded();
  }

  private Host host(String name) {
    return hosts.computeIfAbsent(name, _ -> new Host(limits.delay()));
  }

  static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
