package dev.sluice.fetch.plan;

import dev.sluice.flow.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/// One host, which is an authority: a name or address, and its port. Belongs to the executor of its
/// run.
///
/// A start needs a permit, a delay since the last start, and a host that is not parked. A request
/// that cannot start in this invocation reserves a slot; a reservation sets when to come back and
/// holds no other request up.
///
/// A host is *deferred* when it answers 429 or 503, or cannot be reached again and again: it is
/// parked, each time in a row for three times as long, and then asked by one request at a time
/// until it gives another answer.
///
/// Long because all that decides when a host may be asked is here and nowhere else.
public final class Host {
  /// A host that was deferred so often in a row has ended.
  public static final int MAX_DEFERRALS = 5;

  /// So many requests in a row that reached nobody open the breaker.
  static final int MISSES = 5;

  /// A reservation reaches no further, so that a slot that no URL comes back for is forgotten.
  static final Duration LONGEST_RESERVATION = Duration.ofHours(1);

  private static final int BACK_OFF_FACTOR = 3;
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);

  private final HostLimits limits;
  private final RandomGenerator random;
  private final Runnable parked;
  private final Deque<CompletableFuture<Boolean>> waiting = new ArrayDeque<>();
  private final Map<String, Robots.Known> robots = new HashMap<>();
  private HostMemory memory;
  private Duration delay;
  private int inFlight;
  private int claims;
  private boolean deferredHere;
  private boolean probed;

  /// @param parked is called when the host was parked
  Host(HostLimits limits, RandomGenerator random, Runnable parked, HostMemory memory) {
    this.limits = limits;
    this.random = random;
    this.parked = parked;
    this.memory = memory;
    delay = limits.delay();
    memory.robots().values().forEach(rules -> slowDown(Duration.ofMillis(rules.delayMillis())));
  }

  private void slowDown(Duration crawlDelay) {
    if (crawlDelay.compareTo(delay) > 0) {
      delay =
          crawlDelay.compareTo(Robots.MAX_CRAWL_DELAY) > 0 ? Robots.MAX_CRAWL_DELAY : crawlDelay;
    }
  }

  HostMemory memory() {
    return memory;
  }

  /// When the host may be asked, as far as time decides.
  public Instant due() {
    return HostMemory.later(memory.lastStart().plus(delay), memory.parkedUntil());
  }

  /// How far apart two starts are.
  public Duration delay() {
    return delay;
  }

  /// Whether a lane may start one more request. Requests that wait in the [HopQueue] come first.
  boolean hasPermit() {
    return inFlight + claims < permits();
  }

  /// Whether a request that waits in the [HopQueue] may start.
  boolean hasPlace() {
    return inFlight < permits();
  }

  /// A host in trouble is asked by a probe alone.
  private int permits() {
    return isInTrouble() ? 1 : limits.perHost();
  }

  private boolean isInTrouble() {
    return memory.deferrals() > 0;
  }

  /// A request waits in the [HopQueue].
  void claim() {
    claims++;
  }

  /// The request waits there no longer.
  void unclaim() {
    claims--;
  }

  /// Completes when a permit of the host was given back.
  CompletableFuture<Boolean> whenFree() {
    var free = new CompletableFuture<Boolean>();
    waiting.add(free);
    return free;
  }

  /// A request that has a permit begins now.
  void begin(Instant now) {
    inFlight++;
    takeSlot(now);
  }

  /// The request has ended and gives its permit back.
  void end() {
    inFlight--;
    for (var next = waiting.poll(); next != null; next = waiting.poll()) {
      if (next.complete(true)) {
        return; // a request that gave up before is passed over
      }
    }
  }

  /// Takes the next start for a request that has a permit.
  ///
  /// @return when the start is
  public Instant takeSlot(Instant now) {
    var at = HostMemory.later(due(), now);
    memory = memory.withLastStart(at);
    return at;
  }

  /// Whether a request that has a permit may begin: a host in trouble is asked by one at a time.
  public boolean mayProbe() {
    return !isInTrouble() || !probed;
  }

  /// A request that [#mayProbe] waits for its start.
  public void beginProbe() {
    probed = isInTrouble();
  }

  /// The request of [#beginProbe] has ended.
  public void endProbe() {
    probed = false;
  }

  /// Reserves slots that follow each other, behind all that were reserved.
  ///
  /// @return when the first one is, at most an hour away
  public Instant reserve(int slots, Instant now) {
    var last = now.plus(LONGEST_RESERVATION);
    var from = HostMemory.later(HostMemory.later(memory.nextStart(), due()), now);
    var to = from.plus(delay.multipliedBy(slots));
    memory = memory.withNextStart(to.isAfter(last) ? last : to);
    return from.isAfter(last) ? last : from;
  }

  /// The host answered with something else than 429 or 503: it is well.
  public void answered() {
    memory = memory.withHealthOf(HostMemory.NONE);
    deferredHere = false;
  }

  /// A request could not reach the host; too many in a row open the breaker.
  public void missed(Instant now, Ending why) {
    memory = memory.missed();
    if (memory.misses() >= MISSES) {
      defer(now, now, why);
    }
  }

  /// Parks the host for as long as it asked, and no shorter than our own back-off. While it is
  /// parked this counts as the same deferral.
  ///
  /// @param asked when the host asked to be asked again; `now` if it did not say
  /// @param why failed or refused
  public void defer(Instant asked, Instant now, Ending why) {
    if (isParked(now)) {
      memory = memory.withParkedUntil(HostMemory.later(memory.parkedUntil(), asked));
    } else {
      deferredHere = true;
      memory = memory.deferred(HostMemory.later(asked, now.plus(backOff())), why);
    }
    parked.run();
  }

  private Duration backOff() {
    var most = limits.backOff().toNanos();
    for (var i = 0; i < memory.deferrals() && most < LONGEST_BACK_OFF.toNanos(); i++) {
      most *= BACK_OFF_FACTOR;
    }
    most = Math.min(most, LONGEST_BACK_OFF.toNanos());
    return Duration.ofNanos(most / 2 + random.nextLong(most / 2 + 1));
  }

  /// Whether the host waits at `now`, by its own word or by ours.
  public boolean isParked(Instant now) {
    return memory.parkedUntil().isAfter(now);
  }

  /// The end of its parking, which may be past.
  public Instant parkedUntil() {
    return memory.parkedUntil();
  }

  /// How often the host was deferred with no other answer between.
  public int deferrals() {
    return memory.deferrals();
  }

  /// Whether the host was deferred for the fifth time in a row or a later one, in this invocation.
  public boolean hasEnded() {
    return deferredHere && memory.deferrals() >= MAX_DEFERRALS;
  }

  /// The ending of a URL whose host was deferred too often: the fault of the last deferral.
  public Ending trouble() {
    return memory.trouble();
  }

  /// The robots.txt of the host's origin with this scheme, if it is known.
  public Optional<Robots.Known> robots(String scheme) {
    if (!robots.containsKey(scheme)) {
      remembered(scheme).flatMap(RobotsMemory::known).ifPresent(known -> robots.put(scheme, known));
    }
    return Optional.ofNullable(robots.get(scheme));
  }

  /// Where the robots.txt of this scheme was redirected to; empty if it is asked under its own
  /// name.
  public Optional<RobotsMemory.Moved> robotsMoved(String scheme) {
    return remembered(scheme).flatMap(file -> Optional.ofNullable(file.moved()));
  }

  private Optional<RobotsMemory> remembered(String scheme) {
    return Optional.ofNullable(memory.robots().get(scheme));
  }

  /// The robots.txt of this scheme was redirected; it is asked there from now on.
  public void moveRobots(String scheme, RobotsMemory.Moved to, Instant now) {
    memory = memory.withRobots(scheme, unread(scheme, now).moved(to));
  }

  /// The robots.txt of this scheme is asked under its own name again.
  public void moveRobotsBack(String scheme, Instant now) {
    memory = memory.withRobots(scheme, unread(scheme, now));
  }

  /// A crawl-delay that was read before counts on until the file is read again.
  private RobotsMemory unread(String scheme, Instant now) {
    var before = remembered(scheme).map(RobotsMemory::delayMillis).orElse(0L);
    return RobotsMemory.unread(now.plus(Robots.TIME_TO_LIVE), before);
  }

  /// The robots.txt of this scheme was read. Its crawl-delay counts within bounds, and never less
  /// than our own.
  public void know(String scheme, Robots.Known known) {
    robots.put(scheme, known);
    slowDown(known.robots().crawlDelay());
    memory =
        RobotsMemory.of(known)
            .map(rules -> memory.withRobots(scheme, rules))
            .orElseGet(() -> memory.withoutRobots(scheme));
  }
}
