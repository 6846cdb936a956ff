package dev.sluice.local.sam;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/// How a container reaches a server on this machine.
///
/// @param listen IPv4 address, of this machine, for the server
/// @param reach what a container calls it
record Bridge(String listen, String reach) {
  private static final Bridge OF_A_VIRTUAL_MACHINE =
      new Bridge("127.0.0.1", "host.docker.internal");

  /// An engine on this machine has its bridge here, and containers reach what listens on it. One in
  /// a virtual machine, as Docker Desktop, hands a name of its own on to our loopback instead.
  ///
  /// @param name of the bridge's interface; empty if unknown
  static Bridge of(String name) throws SocketException {
    var here = name.isEmpty() ? null : NetworkInterface.getByName(name);
    return here == null
        ? OF_A_VIRTUAL_MACHINE
        : here.inetAddresses()
            .filter(Inet4Address.class::isInstance)
            .map(InetAddress::getHostAddress)
            .findFirst()
            .map(address -> new Bridge(address, address))
            .orElse(OF_A_VIRTUAL_MACHINE);
  }

  /// The value of a variable, with the server's address as a container sees it.
  String seenFromAContainer(String value) {
    return value.replace("//" + listen + ":", "//" + reach + ":");
  }
}
