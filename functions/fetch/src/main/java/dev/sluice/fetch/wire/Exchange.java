package dev.sluice.fetch.wire;

import dev.sluice.archive.ContentCodings;
import dev.sluice.archive.Untrusted;
import dev.sluice.fetch.guard.Resolved;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.Quote;
import dev.sluice.flow.url.WebUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/// One request and its answer, from the name to the last byte.
///
/// Told things by the resolver, the reactor, the timer and whoever cancels, in any order and on
/// their threads; what it knows is guarded by its lock, under which it calls nothing that blocks.
/// The first thing that ends it decides: later ones are not heard. The answer is delivered by the
/// writing thread, never by the reactor or the timer.
///
/// Long for one file, because the phases of an exchange are one state.
final class Exchange implements ResponseReader.Receiver, BodyPump.Ending {
  private final Wire wire;
  private final WebUrl url;
  private final byte[] requestHead;
  private final Instant at = Instant.now();
  private final CompletableFuture<Reply> answer = new CompletableFuture<>();
  private final ResponseReader reader;
  private final Spool spool;
  private final BodyPump pump;

  // Guarded by this.
  private final Stopwatch watch = new Stopwatch();
  private final Deque<InetAddress> untried = new ArrayDeque<>();
  private @Nullable ScheduledFuture<?> totalTimer;
  private @Nullable ScheduledFuture<?> phaseTimer;
  private @Nullable Future<?> connecting;
  private @Nullable Link link;
  private @Nullable InetAddress address;
  private @Nullable Head head;
  private ContentCodings codings = new ContentCodings(List.of());
  private long bodyBytes;
  private long bytesAtTick;
  private boolean sent;
  private boolean ended;
  private @Nullable String truncated;
  private Reply.@Nullable Broken broken;

  Exchange(Wire wire, WebUrl url) {
    this.wire = wire;
    this.url = url;
    requestHead = RequestHead.of(url, wire.limits().userAgent());
    reader = new ResponseReader(wire.limits(), this);
    spool = new Spool(wire.memory(), wire.temp());
    pump = new BodyPump(spool, wire.writer(), this::resume, this);
  }

  byte[] requestHead() {
    return requestHead;
  }

  CompletableFuture<Reply> answer() {
    return answer;
  }

  /// Begins; `total` bounds all of it.
  void begin(Duration total) {
    synchronized (this) {
      totalTimer = wire.after(total, () -> late("total", total));
      enter(Phase.DNS, wire.limits().dns());
    }
    var _ =
        wire.resolver()
            .resolve(url)
            .thenAccept(this::resolved)
            .exceptionally(ours -> {
              failed(new IOException(ours));
              return null;
            });
  }

  // --- the phases, in their order

  private void resolved(Resolved resolved) {
    switch (resolved) {
      case Resolved.None(var fault, var detail) -> fail(fault, detail);
      case Resolved.Addresses(var addresses) -> {
        synchronized (this) {
          untried.addAll(addresses);
          enter(Phase.CONNECT, wire.limits().connect());
        }
        if (!useIdle(addresses)) {
          connect();
        }
      }
    }
  }

  private boolean useIdle(List<InetAddress> addresses) {
    for (var idle = wire.pool().take(url, addresses); idle != null; ) {
      if (idle.begin(this)) {
        return true;
      }
      idle = wire.pool().take(url, addresses);
    }
    return false;
  }

  private synchronized void connect() {
    var next = untried.poll();
    if (ended || next == null) {
      return;
    }
    // Half of the time for the first of several, so that the others get some.
    var timeout = wire.limits().connect().dividedBy(untried.isEmpty() ? 1 : 2);
    var to = Connector.to(url, next);
    address = next;
    link = new Link(url, to, wire.tls(), wire.limits(), wire.pool(), this);
    connecting = wire.connector().connect(url, to, timeout, link, new Connecting());
  }

  private final class Connecting implements FutureCallback<IOSession> {
    @Override
    public void completed(IOSession session) {}

    @Override
    public void failed(Exception cause) {
      notConnected(cause);
    }

    @Override
    public void cancelled() {}
  }

  private void notConnected(Exception cause) {
    boolean more;
    synchronized (this) {
      more = !ended && !untried.isEmpty();
    }
    if (more) {
      connect();
    } else if (cause instanceof SocketTimeoutException) {
      late(Phase.CONNECT.code(), wire.limits().connect());
    } else {
      fail(Fault.Failed.CONNECT, "no connection to " + peer() + ": " + said(cause));
    }
  }

  /// A connection is open: a new one, or one in use before.
  ///
  /// @return whether it is still wanted
  boolean connected(Link by, InetAddress to) {
    synchronized (this) {
      if (!ended) {
        var isNew = link == by;
        link = by;
        address = to;
        if (!isNew) {
          watch.skipTo(Phase.FIRST_BYTE);
        }
        if (isNew && url.scheme().equals("https")) {
          enter(Phase.TLS, wire.limits().tls());
        } else {
          enter(Phase.FIRST_BYTE, wire.limits().firstByte());
        }
        return true;
      }
    }
    by.drop();
    return false;
  }

  void wrongPeer(String peer) {
    fail(
        Fault.Refused.ADDRESS,
        "the connected peer must be the vetted address " + peer() + ", got " + Quote.of(peer));
  }

  synchronized void secured() {
    enter(Phase.FIRST_BYTE, wire.limits().firstByte());
  }

  synchronized void sent() {
    sent = true;
  }

  /// Bytes from the server, on the reactor's thread. False: read no more for now.
  boolean received(ByteBuffer bytes) {
    synchronized (this) {
      if (ended) {
        return false;
      }
    }
    paused = false;
    try {
      Untrusted.read(() -> {
        reader.read(bytes);
        return true;
      });
    } catch (BadHttp bad) {
      fail(bad.fault(), bad.detail());
      return false;
    } catch (IOException theirs) {
      fail(Fault.Failed.BAD_HTTP, said(theirs));
      return false;
    }
    if (reader.isDone()) {
      done(!bytes.hasRemaining());
      return true;
    }
    return !paused;
  }

  /// Whether reading may go on after `received` said no.
  boolean wantsMore() {
    return pump.hasRoom();
  }

  /// Written and read by the reactor's thread alone.
  private boolean paused;

  @Override
  public void head(Head received) throws BadHttp {
    var its = Decoding.codings(received);
    synchronized (this) {
      if (!ended) {
        head = received;
        codings = its;
        enter(Phase.BODY, null);
        tick();
      }
    }
  }

  @Override
  public void body(ByteBuffer part) {
    var full = false;
    synchronized (this) {
      if (ended) {
        return;
      }
      var room = wire.limits().maxBodyBytes() - bodyBytes;
      full = part.remaining() > room;
      if (full) {
        part.limit(part.position() + (int) room);
      }
      bodyBytes += part.remaining();
    }
    paused = !pump.offer(part);
    if (full) {
      cut("length");
    }
  }

  // --- the ends

  /// The response was read to its end.
  private void done(boolean nothingMore) {
    Link used;
    synchronized (this) {
      if (ended) {
        return;
      }
      used = end();
    }
    if (used != null) {
      used.release(nothingMore && reader.keepsAlive());
    }
    pump.end();
  }

  /// The connection was closed by the server.
  void ended() {
    if (reader.endsWithConnection()) {
      done(true);
    } else {
      lost("the connection was closed");
    }
  }

  void broken(Exception cause) {
    var handshake = phase() == Phase.TLS;
    if (handshake || (cause instanceof SSLException && phase() == Phase.FIRST_BYTE)) {
      fail(Fault.Failed.TLS, "no TLS with " + peer() + ": " + said(cause));
    } else {
      lost("the connection broke: " + said(cause));
    }
  }

  private void lost(String how) {
    if (hasBody()) {
      cut("disconnect");
    } else if (phase() == Phase.TLS) {
      fail(Fault.Failed.TLS, how + " during the handshake with " + peer());
    } else {
      fail(Fault.Failed.DISCONNECT, how + " in " + phase().code() + " by " + peer());
    }
  }

  private void late(String phase, Duration limit) {
    if (hasBody()) {
      cut("time");
    } else {
      var in = phase.equals("total") ? ", in " + phase().code() : "";
      fail(Fault.Failed.TIMEOUT, phase + " took more than " + limit.toMillis() + " ms" + in);
    }
  }

  /// The call was cancelled.
  void cancel() {
    fail(Fault.Failed.TIMEOUT, "the call was cancelled in " + phase().code());
  }

  /// Keeps what there is of the body.
  private void cut(String why) {
    Link used;
    synchronized (this) {
      if (ended) {
        return;
      }
      truncated = why;
      used = end();
    }
    dropAll(used);
    pump.end();
  }

  private void fail(Fault fault, String detail) {
    Link used;
    synchronized (this) {
      if (ended) {
        return;
      }
      used = end();
      var ip = address == null || !hasConnected() ? null : address.getHostAddress();
      broken = new Reply.Broken(at, watch.stop(), ip, sent, fault, detail);
    }
    dropAll(used);
    pump.end();
  }

  private boolean hasConnected() {
    return watch.phase().compareTo(Phase.CONNECT) > 0;
  }

  /// With the lock held. Returns the link, which is no longer ours.
  private @Nullable Link end() {
    ended = true;
    cancel(totalTimer);
    cancel(phaseTimer);
    var used = link;
    link = null;
    return used;
  }

  private void dropAll(@Nullable Link used) {
    Future<?> pending;
    synchronized (this) {
      pending = connecting;
    }
    if (used != null) {
      used.drop();
    }
    if (pending != null && !pending.isDone()) {
      pending.cancel(true);
    }
  }

  // --- the answer, on the writing thread

  @Override
  public void drained() {
    try {
      var reply = reply();
      if (reply instanceof Reply.Broken) {
        spool.close();
        // No host is at fault when this process can open no socket, or nobody reads from its own.
        wire.process().check();
      }
      answer.complete(reply);
    } catch (IOException | RuntimeException ours) {
      failed(ours instanceof IOException io ? io : new IOException(ours));
    }
  }

  @Override
  public void failed(IOException ours) {
    Link used;
    synchronized (this) {
      used = ended ? null : end();
    }
    dropAll(used);
    spool.close();
    answer.completeExceptionally(ours);
  }

  private Reply reply() throws IOException {
    Head received;
    ContentCodings its;
    synchronized (this) {
      if (broken != null) {
        return broken;
      }
      received = head;
      its = codings;
    }
    if (received == null || address == null) {
      throw new IllegalStateException("an answer has a head and comes from an address");
    }
    try {
      var decoding = Decoding.of(spool, its, wire.limits());
      if (decoding.keptBytes() < spool.length()) {
        spool.cut(decoding.keptBytes());
        truncated = truncated == null ? "length" : truncated;
      }
      return response(received, address, decoding.bytes());
    } catch (BadHttp bad) {
      return new Reply.Broken(
          at, watch.stop(), address.getHostAddress(), true, bad.fault(), bad.detail());
    }
  }

  private Reply response(Head received, InetAddress from, long decodedBytes) {
    return new Reply.Response(
        at,
        watch.stop(),
        from.getHostAddress(),
        requestHead,
        received.archived(spool.length()),
        received.status(),
        received.fields(),
        spool,
        reader.wireBytes(),
        decodedBytes,
        truncated);
  }

  // --- small things

  private void resume() {
    Link reading;
    synchronized (this) {
      reading = link;
    }
    if (reading != null) {
      reading.resume();
    }
  }

  private synchronized Phase phase() {
    return watch.phase();
  }

  private synchronized boolean hasBody() {
    return head != null && bodyBytes > 0;
  }

  private synchronized String peer() {
    return (address == null ? url.host() : address.getHostAddress()) + " port " + url.port();
  }

  private void enter(Phase phase, @Nullable Duration limit) {
    if (phase != watch.phase()) {
      watch.enter(phase);
    }
    cancel(phaseTimer);
    phaseTimer = limit == null || ended ? null : wire.after(limit, () -> late(phase.code(), limit));
  }

  /// Once each window of a body: was it fast enough?
  private void tick() {
    bytesAtTick = bodyBytes;
    var window = wire.limits().rateWindow();
    phaseTimer =
        wire.after(
            window,
            () -> {
              synchronized (this) {
                var least = wire.limits().minBytesPerSecond() * window.toMillis() / 1000;
                if (!ended && bodyBytes - bytesAtTick >= least) {
                  tick();
                  return;
                }
              }
              late(Phase.BODY.code(), window);
            });
  }

  private static void cancel(@Nullable ScheduledFuture<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private static String said(Exception cause) {
    var message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : " " + Quote.of(message));
  }
}
