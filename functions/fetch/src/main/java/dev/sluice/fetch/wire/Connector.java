package dev.sluice.fetch.wire;

import dev.sluice.flow.url.WebUrl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Future;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.reactor.IOSession;

/// Opens connections. The only door to the network: a test that proves a refusal puts one here that
/// records.
@FunctionalInterface
interface Connector {
  /// Opens a connection to the address; what is read on it goes to the link.
  Future<IOSession> connect(
      WebUrl url,
      InetSocketAddress to,
      Duration timeout,
      Link link,
      FutureCallback<IOSession> callback);

  /// Where a URL is to be connected to, at one of its addresses.
  static InetSocketAddress to(WebUrl url, InetAddress address) {
    return new InetSocketAddress(address, url.port());
  }
}
