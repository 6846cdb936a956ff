package dev.sluice.fetch.guard;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// A name service that blocks: `InetAddress::getAllByName`, or that of a test.
@FunctionalInterface
public interface Lookup {
  /// All addresses of the name; may block for long.
  ///
  /// @throws UnknownHostException if there is none
  InetAddress[] addresses(String name) throws UnknownHostException;
}
