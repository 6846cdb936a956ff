package dev.sluice.fetch.wire;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sluice.flow.url.WebUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.Host;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// One connection: serves one exchange after the other, never two at once.
///
/// Its handler methods run on the reactor's thread, which never blocks. `exchange` changes under
/// the lock of the link; a link without an exchange idles, and any event then closes it.
///
/// Long because all events of a connection change one state.
final class Link implements IOEventHandler {
  /// An exchange that a link serves. All but [#connected] are called on the reactor's thread.
  interface Client {
    byte[] requestHead();

    /// A connection is open: a new one, or one in use before.
    ///
    /// @return whether it is still wanted
    boolean connected(Link by, InetAddress to);

    /// The peer is not the address that was connected to.
    void wrongPeer(String peer);

    /// The handshake of TLS has ended well.
    void secured();

    /// The request was sent.
    void sent();

    /// Bytes came from the server.
    ///
    /// @return whether more may be read now
    boolean received(ByteBuffer bytes);

    /// Whether reading may go on after `received` said no.
    boolean wantsMore();

    /// The server closed the connection.
    void ended();

    /// The connection broke.
    void broken(Exception cause);
  }

  private static final int READ_BYTES = 32 * 1024;

  private final WebUrl url;
  private final InetSocketAddress to;
  private final SSLContext tls;
  private final HttpLimits limits;
  private final Pool<Link> pool;
  private final ByteBuffer input = ByteBuffer.allocate(READ_BYTES);

  private volatile @Nullable ProtocolIOSession session;
  private boolean tlsBegun;

  @GuardedBy("this")
  private @Nullable Client exchange;

  @GuardedBy("this")
  private @Nullable ByteBuffer request;

  @GuardedBy("this")
  private boolean closed;

  Link(
      WebUrl url,
      InetSocketAddress to,
      SSLContext tls,
      HttpLimits limits,
      Pool<Link> pool,
      Client first) {
    this.url = url;
    this.to = to;
    this.tls = tls;
    this.limits = limits;
    this.pool = pool;
    exchange = first;
  }

  private Pool.Key key() {
    return Pool.Key.of(url, to.getAddress());
  }

  /// The reactor calls this before any event.
  void opened(ProtocolIOSession opened) {
    session = opened;
  }

  /// Takes on another exchange and sends its request.
  ///
  /// @return whether the connection was still open
  boolean begin(Client next) {
    synchronized (this) {
      if (closed) {
        return false;
      }
      exchange = next;
    }
    if (next.connected(this, to.getAddress())) {
      send(next);
    }
    return true;
  }

  private void send(Client current) {
    var opened = session;
    synchronized (this) {
      request = ByteBuffer.wrap(current.requestHead());
    }
    if (opened != null) {
      opened.setSocketTimeout(Timeout.DISABLED);
      want(opened, SelectionKey.OP_WRITE);
    }
  }

  /// May be called on any thread.
  private static void want(IOSession io, int operation) {
    try {
      io.setEvent(operation);
    } catch (CancelledKeyException closed) {
      // Closed in this moment, by us or by the server: the reactor calls `disconnected`.
      io.close(CloseMode.IMMEDIATE);
    }
  }

  private synchronized @Nullable Client current() {
    return exchange;
  }

  @Override
  public void connected(IOSession io) {
    var current = current();
    var opened = session;
    if (current == null || opened == null) {
      drop();
    } else if (tlsBegun) {
      current.secured();
      send(current);
    } else if (!to.equals(opened.getRemoteAddress())) {
      current.wrongPeer(String.valueOf(opened.getRemoteAddress()));
    } else if (current.connected(this, to.getAddress())) {
      opened.setEventMask(SelectionKey.OP_READ);
      if (url.scheme().equals("https")) {
        startTls(opened);
      } else {
        send(current);
      }
    }
  }

  private void startTls(ProtocolIOSession opened) {
    tlsBegun = true;
    var name = url.host().replaceAll("\\.$|^\\[|]$", "");
    opened.startTls(
        tls,
        new Host(name, url.port()),
        SSLBufferMode.STATIC,
        (_, engine) -> verifyName(engine),
        null,
        Timeout.DISABLED,
        new TlsResult());
  }

  /// The engine was made with the host's name, sends it (SNI), and checks the certificate for it.
  private static void verifyName(SSLEngine engine) {
    var parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    engine.setSSLParameters(parameters);
  }

  private final class TlsResult implements FutureCallback<TransportSecurityLayer> {
    @Override
    public void completed(TransportSecurityLayer layer) {}

    @Override
    public void failed(Exception cause) {
      broken(cause);
    }

    @Override
    public void cancelled() {}
  }

  @Override
  public void outputReady(IOSession io) throws IOException {
    ByteBuffer sending;
    synchronized (this) {
      sending = request;
    }
    if (sending == null) {
      io.clearEvent(SelectionKey.OP_WRITE);
      return;
    }
    io.write(sending);
    if (!sending.hasRemaining()) {
      synchronized (this) {
        request = null;
      }
      io.clearEvent(SelectionKey.OP_WRITE);
    }
    var current = current();
    if (current != null) {
      current.sent();
    }
  }

  @Override
  public void inputReady(IOSession io, @Nullable ByteBuffer decrypted) throws IOException {
    if (decrypted != null) {
      received(io, decrypted);
      return;
    }
    var reading = true;
    while (reading) {
      var n = io.read(input.clear());
      if (n < 0) {
        ended();
      }
      reading = n > 0 && received(io, input.flip());
    }
  }

  /// Hands bytes to the exchange.
  ///
  /// @return whether to read on
  private boolean received(IOSession io, ByteBuffer bytes) {
    Client current;
    boolean asked;
    synchronized (this) {
      current = exchange;
      asked = request == null;
    }
    if (current == null || !asked) {
      // An answer without a question: it must not pass for the answer to the next one.
      broken(new IOException("the server answered before it was asked"));
      return false;
    }
    var goOn = current.received(bytes);
    if (!goOn) {
      io.clearEvent(SelectionKey.OP_READ);
      // The writer may have caught up before reading was stopped; its call to resume is then lost.
      if (current.wantsMore()) {
        want(io, SelectionKey.OP_READ);
      }
    }
    return goOn;
  }

  /// May be called on any thread, after `received` said no.
  void resume() {
    var opened = session;
    if (opened != null && opened.isOpen()) {
      want(opened, SelectionKey.OP_READ);
    }
  }

  /// Gives the connection back after a whole response, on the reactor's thread.
  ///
  /// @param keep whether nothing was wrong with it
  void release(boolean keep) {
    var opened = session;
    synchronized (this) {
      exchange = null;
    }
    if (!keep || opened == null || !opened.isOpen()) {
      drop();
      return;
    }
    opened.setSocketTimeout(Timeout.of(limits.idle()));
    want(opened, SelectionKey.OP_READ);
    if (!pool.put(key(), this)) {
      drop();
    }
  }

  /// Closes the socket at once; the exchange is told nothing more. May be called on any thread.
  void drop() {
    synchronized (this) {
      closed = true;
      exchange = null;
    }
    pool.remove(key(), this);
    var opened = session;
    if (opened != null) {
      opened.close(CloseMode.IMMEDIATE);
    }
  }

  private void ended() {
    var current = current();
    drop();
    if (current != null) {
      current.ended();
    }
  }

  private void broken(Exception cause) {
    var current = current();
    drop();
    if (current != null) {
      current.broken(cause);
    }
  }

  @Override
  public void timeout(IOSession io, Timeout timeout) {
    drop();
  }

  @Override
  public void exception(IOSession io, Exception cause) {
    broken(cause);
  }

  @Override
  public void disconnected(IOSession io) {
    ended();
  }
}
