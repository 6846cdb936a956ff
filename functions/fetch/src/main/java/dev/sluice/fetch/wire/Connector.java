package dev.sluice.fetch.wire;

import dev.sluice.flow.url.WebUrl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Future;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;

/// Opens connections. The only way to the network: a test that proves a refusal puts a recorder
/// here.
@FunctionalInterface
interface Connector {
  /// Opens a connection to the address.
  ///
  /// @param handler of its events
  Future<IOSession> connect(
      WebUrl url,
      InetSocketAddress to,
      Duration timeout,
      IOEventHandler handler,
      FutureCallback<IOSession> callback);

  /// The socket address of a URL, at one of its addresses.
  static InetSocketAddress to(WebUrl url, InetAddress address) {
    return new InetSocketAddress(address, url.port());
  }
}
