package dev.sluice.fetch.plan;

import dev.sluice.flow.url.WebUrl;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// The hosts of one host group, as one invocation knows them. Belongs to the executor of its run.
public final class Hosts {
  private final HostLimits limits;
  private final RandomGenerator random;
  private final Runnable parked;
  private final Map<String, Host> hosts = new HashMap<>();

  /// @param random jitter of parking
  /// @param remembered of earlier invocations
  /// @param parked is called when a host was parked, so that others can be told
  public Hosts(
      HostLimits limits,
      RandomGenerator random,
      HostMemories remembered,
      Instant now,
      Runnable parked) {
    this.limits = limits;
    this.random = random;
    this.parked = parked;
    remembered.hosts().forEach((name, memory) -> hosts.put(name, host(memory.without(now))));
  }

  /// The host of this authority; a host that is not known yet was never asked.
  public Host at(String authority) {
    return hosts.computeIfAbsent(authority, _ -> host(HostMemory.NONE));
  }

  /// The host that the URL is asked from.
  public Host at(WebUrl url) {
    return at(url.authority());
  }

  private Host host(HostMemory memory) {
    return new Host(limits, random, parked, memory);
  }

  /// The memories that later invocations need, merged with those that another invocation wrote.
  public HostMemories memories(HostMemories other, Instant now) {
    var merged = new TreeMap<>(other.hosts());
    hosts.forEach((name, host) -> merged.merge(name, host.memory(), HostMemory::merge));
    merged.replaceAll((_, memory) -> memory.without(now));
    merged.entrySet().removeIf(each -> !each.getValue().matters(now, at(each.getKey()).delay()));
    return new HostMemories(merged).bounded();
  }
}
