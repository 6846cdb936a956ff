package dev.sluice.flow.url;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The ranges of addresses that are no web server of the public internet, and their names.
///
/// From the IANA registries of special-purpose IPv4 and IPv6 addresses, the multicast and reserved
/// space, and the addresses of clouds that lie outside of them. Ranges that the registries call
/// globally reachable (AS112, AMT, anycast relays) are refused too: none of them serves pages. The
/// JDK's own predicates (`isSiteLocalAddress` and its like) miss most of this.
final class SpecialRanges {
  private static final Map<Cidr, String> TABLE = new LinkedHashMap<>();
  private static final Cidr GLOBAL_UNICAST = Cidr.parse("2000::/3");

  static {
    add("0.0.0.0/8", "this network");
    add("10.0.0.0/8", "private use");
    add("100.64.0.0/10", "shared address space");
    add("127.0.0.0/8", "loopback");
    add("168.63.129.16/32", "a cloud's platform service");
    add("169.254.0.0/16", "link local, with the metadata of clouds");
    add("172.16.0.0/12", "private use");
    add("192.0.0.0/24", "IETF protocol assignments");
    add("192.0.2.0/24", "documentation");
    add("192.31.196.0/24", "AS112");
    add("192.52.193.0/24", "AMT");
    add("192.88.99.0/24", "6to4 relays");
    add("192.168.0.0/16", "private use");
    add("192.175.48.0/24", "AS112");
    add("198.18.0.0/15", "benchmarking");
    add("198.51.100.0/24", "documentation");
    add("203.0.113.0/24", "documentation");
    add("224.0.0.0/4", "multicast");
    add("255.255.255.255/32", "broadcast");
    add("240.0.0.0/4", "reserved");

    add("::/128", "the unspecified address");
    add("::1/128", "loopback");
    add("::ffff:0:0/96", "IPv4-mapped");
    add("::/96", "IPv4-compatible");
    add("64:ff9b::/96", "NAT64");
    add("64:ff9b:1::/48", "NAT64 of a network's own");
    add("100::/64", "discard only");
    add("100:0:0:1::/64", "a dummy prefix");
    add("2001::/32", "Teredo");
    add("2001::/23", "IETF protocol assignments");
    add("2001:db8::/32", "documentation");
    add("2002::/16", "6to4");
    add("2620:4f:8000::/48", "AS112");
    add("3ffe::/16", "6bone, given back");
    add("3fff::/20", "documentation");
    add("5f00::/16", "segment routing");
    add("fc00::/7", "unique local, with the metadata of clouds");
    add("fe80::/10", "link local");
    add("fec0::/10", "site local");
    add("ff00::/8", "multicast");
  }

  private SpecialRanges() {}

  private static void add(String range, String what) {
    TABLE.put(Cidr.parse(range), what);
  }

  /// The name and the range of a special address.
  static Optional<String> of(byte[] address) {
    for (var entry : TABLE.entrySet()) {
      if (entry.getKey().contains(address)) {
        return Optional.of(entry.getKey().name() + ", " + entry.getValue());
      }
    }
    return address.length == 4 || GLOBAL_UNICAST.contains(address)
        ? Optional.empty()
        : Optional.of("outside 2000::/3, no global unicast");
  }
}
