package dev.sluice.fetch.wire;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
/// The resolver, the reactor, the timer and the caller that cancels tell it events, in any order
/// and on their threads; its state is guarded by its lock, under which it calls nothing that
/// blocks. The first event that ends it decides: later ones are passed over. The answer is
/// delivered by the writing thread, never by the reactor or the timer.
///
/// Long because the phases of an exchange are one state.
final class HttpExchange implements Link.Client, ResponseReader.Receiver, BodyPump.Listener {
  private final Wire wire;
  private final WebUrl url;
  private final byte[] requestHead;
  private final Instant at = Instant.now();
  private final CompletableFuture<Reply> answer = new CompletableFuture<>();
  private final ResponseReader reader;
  private final Spool spool;
  private final BodyPump pump;

  @GuardedBy("this")
  private final Stopwatch watch = new Stopwatch();

  @GuardedBy("this")
  private final Deque<InetAddress> untried = new ArrayDeque<>();

  @GuardedBy("this")
  private @Nullable ScheduledFuture<?> totalTimer;

  @GuardedBy("this")
  private @Nullable ScheduledFuture<?> phaseTimer;

  @GuardedBy("this")
  private @Nullable Future<?> connecting;

  @GuardedBy("this")
  private @Nullable Link link;

  @GuardedBy("this")
  private @Nullable InetAddress address;

  @GuardedBy("this")
  private @Nullable ResponseHead head;

  @GuardedBy("this")
  private ContentCodings codings = new ContentCodings(List.of());

  @GuardedBy("this")
  private long bodyBytes;

  @GuardedBy("this")
  private long bytesAtTick;

  @GuardedBy("this")
  private boolean sent;

  @GuardedBy("this")
  private boolean ended;

  @GuardedBy("this")
  private @Nullable String truncated;

  @GuardedBy("this")
  private Reply.@Nullable Broken broken;

  /// Whether the body waits for its writer. Written and read by the reactor's thread alone.
  private boolean paused;

  HttpExchange(Wire wire, WebUrl url) {
    this.wire = wire;
    this.url = url;
    requestHead = RequestHead.of(url, wire.limits().userAgent());
    reader = new ResponseReader(wire.limits(), this);
    spool = new Spool(wire.memory(), wire.temp());
    pump = new BodyPump(spool, wire.writer(), this::resume, this);
  }

  @Override
  public byte[] requestHead() {
    return requestHead;
  }

  CompletableFuture<Reply> answer() {
    return answer;
  }

  /// Begins the exchange.
  ///
  /// @param total time for all of it
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
    // The first of several addresses gets half of the time, so that the others get some.
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

  @Override
  public boolean connected(Link by, InetAddress to) {
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

  @Override
  public void wrongPeer(String peer) {
    fail(
        Fault.Refused.ADDRESS,
        "the connected peer must be the vetted address " + peer() + ", got " + Quote.of(peer));
  }

  @Override
  public synchronized void secured() {
    enter(Phase.FIRST_BYTE, wire.limits().firstByte());
  }

  @Override
  public synchronized void sent() {
    sent = true;
  }

  @Override
  public boolean received(ByteBuffer bytes) {
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

  @Override
  public boolean wantsMore() {
    return pump.hasRoom();
  }

  @Override
  public void head(ResponseHead received) throws BadHttp {
    var its = Decoding.codings(received);
    synchronized (this) {
      if (!ended) {
        head = received;
        codings = its;
        enter(Phase.BODY);
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

  @Override
  public void ended() {
    if (reader.endsWithConnection()) {
      done(true);
    } else {
      lost("the connection was closed");
    }
  }

  @Override
  public void broken(Exception cause) {
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

  /// Ends the exchange with the part of the body that was received.
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
      broken = broken(sent, fault, detail);
    }
    dropAll(used);
    pump.end();
  }

  @GuardedBy("this")
  private Reply.Broken broken(boolean wasSent, Fault fault, String detail) {
    var hasConnected = watch.phase().compareTo(Phase.CONNECT) > 0;
    var ip = address == null || !hasConnected ? null : address.getHostAddress();
    return new Reply.Broken(at, watch.stop(), ip, wasSent, fault, detail);
  }

  /// Ends the exchange.
  ///
  /// @return its link, which no longer serves it
  @GuardedBy("this")
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
        // No host is at fault when this process can open no socket, or its reactor has died.
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
    ContentCodings its;
    synchronized (this) {
      if (broken != null) {
        return broken;
      }
      its = codings;
    }
    try {
      return response(Decoding.of(spool, its, wire.limits()));
    } catch (BadHttp bad) {
      synchronized (this) {
        return broken(true, bad.fault(), bad.detail());
      }
    }
  }

  private synchronized Reply response(Decoding decoding) {
    if (head == null || address == null) {
      throw new IllegalStateException("an answer has a head and comes from an address");
    }
    if (decoding.keptBytes() < spool.length()) {
      spool.cut(decoding.keptBytes());
      truncated = truncated == null ? "length" : truncated;
    }
    return new Reply.Response(
        at,
        watch.stop(),
        address.getHostAddress(),
        requestHead,
        head.archived(spool.length()),
        head.status(),
        head.fields(),
        spool,
        reader.wireBytes(),
        decoding.bytes(),
        truncated);
  }

  // --- phases and their timers

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

  @GuardedBy("this")
  private void enter(Phase phase) {
    if (phase != watch.phase()) {
      watch.enter(phase);
    }
    cancel(phaseTimer);
  }

  @GuardedBy("this")
  private void enter(Phase phase, Duration limit) {
    enter(phase);
    if (!ended) {
      phaseTimer = wire.after(limit, () -> late(phase.code(), limit));
    }
  }

  /// Asks once each window of a body whether it was fast enough.
  @GuardedBy("this")
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
