package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.archive.Json;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// A web of many hosts on this machine: the addresses 127.0.x.y of [Shape#host], each bound for
/// itself, all on one port.
///
/// One event loop listens, reads and writes: a request that is never answered costs a connection
/// and no thread. Netty because one loop listens on a thousand addresses; Jetty wants a connector
/// with threads of its own for each.
final class PageServer implements AutoCloseable {
  /// The prefix of a path that is never answered.
  static final String HANG = "/hang";

  /// The prefix of a path that redirects: the other host and the path there follow it.
  static final String AWAY = "/away/";

  private static final int TRIES = 20;
  private static final int BACKLOG = 1024;
  private static final byte[] ROBOTS = "User-agent: *\nAllow: /\n".getBytes(US_ASCII);

  private final EventLoopGroup loop;
  private final Answering answering;
  private final int port;

  private PageServer(EventLoopGroup loop, Answering answering, int port) {
    this.loop = loop;
    this.answering = answering;
    this.port = port;
  }

  /// Binds the first `hosts` addresses on a port that is free on all of them.
  ///
  /// @param latencyMillis from a request of a page to its answer
  /// @throws IOException if there is none
  static PageServer start(Bodies bodies, int hosts, long latencyMillis)
      throws IOException, InterruptedException {
    var loop =
        new NioEventLoopGroup(1, Thread.ofPlatform().daemon().name("bench-web-", 0).factory());
    var answering = new Answering(bodies, latencyMillis);
    var bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(), new HttpServerKeepAliveHandler(), answering);
                  }
                });
    for (var tries = 0; tries < TRIES; tries++) {
      var port = bind(bootstrap, hosts);
      if (port > 0) {
        return new PageServer(loop, answering, port);
      }
    }
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    throw new IOException("no port is free on all of " + hosts + " addresses");
  }

  /// The port, or 0 if the one that the first address got is taken on another.
  private static int bind(ServerBootstrap bootstrap, int hosts)
      throws IOException, InterruptedException {
    var bound = new ArrayList<Channel>();
    var port = 0;
    for (var i = 0; i < hosts; i++) {
      var asked = bootstrap.bind(Shape.host(i), port).await();
      if (asked.isSuccess()) {
        bound.add(asked.channel());
        port = ((InetSocketAddress) asked.channel().localAddress()).getPort();
      } else {
        close(bound);
        if (asked.cause() instanceof BindException) {
          return 0;
        }
        throw new IOException("cannot listen on " + Shape.host(i), asked.cause());
      }
    }
    return port;
  }

  private static void close(List<Channel> bound) throws InterruptedException {
    for (var channel : bound) {
      channel.close().await();
    }
  }

  int port() {
    return port;
  }

  /// The requests so far.
  Served served() {
    return answering.served();
  }

  /// Closes all connections, those that wait for an answer too.
  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /// The process: prints the port, serves until standard input ends, prints what it saw. So it
  /// never outlives the one who holds the other end.
  ///
  /// @param args a folder of javadoc jars, the number of hosts, and the latency in milliseconds
  public static void main(String[] args) throws IOException, InterruptedException {
    var bodies = Bodies.of(JavadocPages.of(Path.of(args[0])));
    try (var server = start(bodies, Integer.parseInt(args[1]), Long.parseLong(args[2]))) {
      System.out.println(server.port());
      System.out.flush();
      while (System.in.read() >= 0) {
        // Anything on standard input is passed over.
      }
      System.out.println(new String(Json.bytes(server.served()), US_ASCII));
      System.out.flush();
    }
  }

  /// Answers requests. Its fields belong to the event loop; `served` may be a request behind.
  @Sharable
  private static final class Answering extends SimpleChannelInboundHandler<HttpObject> {
    private final Bodies bodies;
    private final long latencyMillis;
    private volatile Served served = new Served(0, 0, 0, 0, 0, 0, 0, 0);

    Answering(Bodies bodies, long latencyMillis) {
      this.bodies = bodies;
      this.latencyMillis = latencyMillis;
    }

    Served served() {
      return served;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
      if (!(message instanceof HttpRequest request)) {
        return; // the end of a request, or a body that nobody asked for
      }
      var path = new QueryStringDecoder(request.uri()).path();
      if (request.decoderResult().isFailure() || !request.method().equals(HttpMethod.GET)) {
        count(0, 0, 0, 0, 1, 0);
        context.writeAndFlush(
            answer(HttpResponseStatus.BAD_REQUEST, "text/plain", "only GET".getBytes(US_ASCII)));
      } else if (path.startsWith(HANG + "/")) {
        count(0, 0, 0, 1, 0, 0);
        // No later request of this connection is answered: the client would take it for this
        // answer.
        context.pipeline().replace(this, "silence", new NoAnswer());
      } else if (path.equals("/robots.txt")) {
        count(0, 0, 1, 0, 0, ROBOTS.length);
        context.writeAndFlush(answer(HttpResponseStatus.OK, "text/plain", ROBOTS));
      } else if (path.startsWith(AWAY)) {
        count(0, 1, 0, 0, 0, 0);
        redirect(context, request.uri().substring(AWAY.length()));
      } else {
        page(context, path, request.headers().get(HttpHeaderNames.ACCEPT_ENCODING, ""));
      }
    }

    private void redirect(ChannelHandlerContext context, String hostAndPath) {
      var slash = hostAndPath.indexOf('/');
      var port = ((InetSocketAddress) context.channel().localAddress()).getPort();
      var answer = answer(HttpResponseStatus.FOUND, "text/plain", new byte[0]);
      answer
          .headers()
          .set(
              HttpHeaderNames.LOCATION,
              "http://"
                  + hostAndPath.substring(0, slash)
                  + ":"
                  + port
                  + hostAndPath.substring(slash));
      later(context, answer);
    }

    private void later(ChannelHandlerContext context, FullHttpResponse answer) {
      if (latencyMillis == 0) {
        context.writeAndFlush(answer);
      } else {
        context
            .executor()
            .schedule(() -> context.writeAndFlush(answer), latencyMillis, TimeUnit.MILLISECONDS);
      }
    }

    private void page(ChannelHandlerContext context, String path, String acceptEncoding) {
      var gzip = bodies.gzip(path);
      if (gzip == null) {
        count(0, 0, 0, 0, 1, 0);
        context.writeAndFlush(
            answer(HttpResponseStatus.NOT_FOUND, "text/plain", "no such page".getBytes(US_ASCII)));
        return;
      }
      var asGzip = wantsGzip(acceptEncoding);
      var body = asGzip ? gzip : plain(gzip);
      count(1, 0, 0, 0, 0, body.length);
      var answer = answer(HttpResponseStatus.OK, "text/html; charset=utf-8", body);
      answer.headers().set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
      if (asGzip) {
        answer.headers().set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
      }
      later(context, answer);
    }

    /// RFC 9110 section 12.5.3, as far as it concerns gzip.
    private static boolean wantsGzip(String acceptEncoding) {
      for (var coding : acceptEncoding.toLowerCase(Locale.ROOT).split(",", -1)) {
        var parts = coding.replace(" ", "").split(";", -1);
        if (parts[0].equals("gzip")) {
          return parts.length < 2 || !parts[1].matches("q=0(\\.0*)?");
        }
      }
      return false;
    }

    private static byte[] plain(byte[] gzip) {
      try {
        return Bodies.plain(gzip);
      } catch (IOException ours) {
        throw new UncheckedIOException("what was compressed here does not inflate", ours);
      }
    }

    private static FullHttpResponse answer(HttpResponseStatus status, String type, byte[] body) {
      var answer =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
      answer
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, type)
          .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
      return answer;
    }

    private void count(int pages, int redirects, int robots, int hung, int strange, long bytes) {
      var now = System.currentTimeMillis();
      var so = served;
      served =
          new Served(
              so.pages() + pages,
              so.redirects() + redirects,
              so.robots() + robots,
              so.hung() + hung,
              so.strange() + strange,
              so.bytes() + bytes,
              so.firstMillis() == 0 ? now : so.firstMillis(),
              now);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close(); // the client went away, or sent what is no HTTP
    }
  }

  /// Reads on, so that it sees the client go, and answers nothing.
  private static final class NoAnswer extends SimpleChannelInboundHandler<Object> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {}

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close(); // the client gave up
    }
  }
}
