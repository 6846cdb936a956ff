package dev.sluice.fetch.guard;

import dev.sluice.flow.Fault;
import java.net.InetAddress;
import java.util.List;

/// The answer for the host of a URL.
public sealed interface Resolved {
  /// All its addresses, each of them allowed; at least one.
  record Addresses(List<InetAddress> addresses) implements Resolved {
    public Addresses {
      addresses = List.copyOf(addresses);
    }
  }

  /// There is no address that may be connected to, or no such host.
  ///
  /// @param fault `address`, `name` or `port` of a host that is refused; else `dns` or `timeout`
  /// @param detail one sentence with the value
  record None(Fault fault, String detail) implements Resolved {}
}
