package dev.sluice.fetch.wire;

import dev.sluice.async.Call;
import dev.sluice.async.Offload;
import dev.sluice.edge.Health;
import dev.sluice.fetch.guard.Resolver;
import dev.sluice.flow.Web;
import dev.sluice.flow.url.WebUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.Host;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.DefaultConnectingIOReactor;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.IOReactorStatus;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// The web over HTTP/1.1, for URLs and servers that nobody vouches for.
///
/// It connects to vetted addresses alone; follows no redirect, keeps no cookie, sends no
/// credential, sends no request twice, takes off no content coding. Whatever a server does, a reply
/// comes within the limits. A connection is used again only after a response that left no doubt.
///
/// Threads: one of the reactor, one of the timer, both never blocked; bodies are written and
/// replies delivered on virtual threads, at most [#WRITERS] at once.
public final class HttpWeb implements Web, AutoCloseable {
  private static final int WRITERS = 16;

  private static final TimeValue SELECT_INTERVAL = TimeValue.ofMilliseconds(250);

  private final Resolver resolver;
  private final DefaultConnectingIOReactor reactor;

  /// The only thread of the reactor. The reactor calls itself active after an `Error` has ended it.
  private volatile @Nullable Thread reactorThread;

  private final ScheduledThreadPoolExecutor timer;
  private final Wire wire;

  /// Owns the resolver from now on, and closes it.
  ///
  /// @param temp the folder of bodies that memory has no room for
  public HttpWeb(HttpLimits limits, Resolver resolver, SSLContext tls, Path temp) {
    this(limits, resolver, tls, temp, HttpWeb::connector, Health.DESCRIPTORS);
  }

  /// @param connector instead of the reactor's
  HttpWeb(
      HttpLimits limits,
      Resolver resolver,
      SSLContext tls,
      Path temp,
      Connector connector,
      Health descriptors) {
    this(limits, resolver, tls, temp, (ConnectionInitiator _) -> connector, descriptors);
  }

  private HttpWeb(
      HttpLimits limits,
      Resolver resolver,
      SSLContext tls,
      Path temp,
      Function<ConnectionInitiator, Connector> connector,
      Health descriptors) {
    this.resolver = resolver;
    reactor =
        new DefaultConnectingIOReactor(
            (session, link) -> {
              ((Link) link).opened(session);
              return (Link) link;
            },
            IOReactorConfig.custom()
                .setIoThreadCount(1)
                .setTcpNoDelay(true)
                .setSelectInterval(SELECT_INTERVAL)
                .build(),
            this::reactorThread,
            null,
            null,
            null,
            null);
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("sluice-wire-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    wire =
        new Wire(
            limits,
            resolver,
            connector.apply(reactor),
            tls,
            new Pool<>(limits.maxIdle(), limits.maxIdlePerHost()),
            new MemoryBudget(limits.spoolMemoryBytes()),
            temp,
            descriptors.and(this::checkThread),
            writer(),
            timer);
    reactor.start();
  }

  /// A daemon: a process that ends does not wait for it.
  private Thread reactorThread(Runnable work) {
    var thread = Thread.ofPlatform().daemon().name("sluice-wire-reactor").unstarted(work);
    reactorThread = thread;
    return thread;
  }

  private static Executor writer() {
    var offload = Offload.blocking(WRITERS);
    return task -> {
      var _ =
          offload.submit(() -> {
            task.run();
            return "done";
          });
    };
  }

  private static Connector connector(ConnectionInitiator reactor) {
    return (url, to, timeout, handler, callback) ->
        reactor.connect(
            new Host(url.host(), url.port()), to, null, Timeout.of(timeout), handler, callback);
  }

  @Override
  public CompletionStage<Reply> ask(WebUrl url, Call call) {
    var exchange = new HttpExchange(wire, url);
    var left = call.deadline().left();
    call.onCancel(exchange::cancel);
    exchange.begin(left.compareTo(wire.limits().total()) < 0 ? left : wire.limits().total());
    return exchange.answer();
  }

  /// Closes the connections that wait for a request: a connection that is frozen between two
  /// invocations is dead when it thaws.
  public void dropIdle() {
    wire.pool().drain().forEach(Link::drop);
  }

  /// See [Health#check].
  ///
  /// @throws IOException if the reactor has ended: then no request can be sent any more
  public void check() throws IOException {
    checkThread();
    if (reactor.getStatus() != IOReactorStatus.ACTIVE) {
      throw new IOException("the web was closed");
    }
  }

  private void checkThread() throws IOException {
    var thread = reactorThread;
    if (reactor.getStatus() == IOReactorStatus.ACTIVE && (thread == null || !thread.isAlive())) {
      throw new IOException("the thread of all connections has ended");
    }
  }

  /// How many connections wait for a request.
  int idle() {
    return wire.pool().size();
  }

  /// Bytes that bodies may still take in memory.
  long freeMemoryBytes() {
    return wire.memory().freeBytes();
  }

  /// Closes all connections at once; exchanges under way end as disconnected.
  @Override
  public void close() {
    wire.pool().close().forEach(Link::drop);
    reactor.close(CloseMode.IMMEDIATE);
    resolver.close();
    timer.shutdownNow();
  }
}
