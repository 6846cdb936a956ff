package dev.sluice.fetch.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Deadline;
import dev.sluice.edge.Health;
import dev.sluice.fetch.guard.HostsFile;
import dev.sluice.fetch.guard.Lookup;
import dev.sluice.fetch.guard.Resolver;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.Host;
import org.apache.hc.core5.reactor.DefaultConnectingIOReactor;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;

/// From the name to the open connection.
class ConnectTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

  private static Reply ask(HttpWeb web, String url) throws Exception {
    return web.ask(WebFixture.url(url), new WebFixture.TestCall(Deadline.NEVER))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private static HttpWeb web(List<String> hosts) {
    return new HttpWeb(
        WebFixture.LIMITS, WebFixture.resolver(hosts), Tls.context(), WebFixture.TEMP);
  }

  @Test
  void aNameOfTheHostsFileIsAskedForByItsName() throws Exception {
    try (var server = RawServer.answering(OK);
        var web = web(List.of("127.0.0.1 site.example"))) {
      var response = (Reply.Response) ask(web, "http://site.example:" + server.port() + "/");

      assertThat(response.ip()).isEqualTo("127.0.0.1");
      assertThat(server.requests().getFirst())
          .contains("\r\nHost: site.example:" + server.port() + "\r\n");
    }
  }

  @Test
  void whenTheFirstAddressRefusesTheNextIsTried() throws Exception {
    try (var server = RawServer.answering(OK);
        var web = web(List.of("127.0.0.2 site.example", "127.0.0.1 site.example"))) {
      var response = (Reply.Response) ask(web, "http://site.example:" + server.port() + "/");

      assertThat(response.ip()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void aPortThatNobodyListensOnIsAFaultOfConnecting() throws Exception {
    try (var bound = new Socket();
        var web = web(List.of())) {
      // Bound, it never listens, so the kernel refuses; held, nobody else can get this port.
      bound.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      var port = bound.getLocalPort();
      var broken = (Reply.Broken) ask(web, "http://127.0.0.1:" + port + "/");

      assertThat(broken.fault()).isEqualTo(Fault.Failed.CONNECT);
      assertThat(broken.detail()).startsWith("no connection to 127.0.0.1 port " + port);
      assertThat(broken.sent()).isFalse();
      assertThat(broken.ip()).isNull();
    }
  }

  @Test
  void aConnectionThatDoesNotOpenNamesItsPhase() throws Exception {
    Connector never = (_, _, _, _, _) -> new CompletableFuture<>();
    try (var web = quick(WebFixture.resolver(List.of()), never)) {
      var broken = (Reply.Broken) ask(web, "http://127.0.0.1/");

      assertThat(broken.fault()).isEqualTo(Fault.Failed.TIMEOUT);
      assertThat(broken.detail()).isEqualTo("connect took more than 200 ms");
    }
  }

  @Test
  void aNameServiceThatHangsNamesItsPhase() throws Exception {
    var gate = new CountDownLatch(1);
    Lookup hanging =
        _ -> {
          try {
            gate.await();
          } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
          }
          return new InetAddress[0];
        };
    var rules = UrlRules.of(AddressRules.opening("127.0.0.0/8"), "");
    var resolver = new Resolver(rules, HostsFile.EMPTY, hanging);
    try (var web = quick(resolver, (_, _, _, _, _) -> new CompletableFuture<>())) {
      assertThat(((Reply.Broken) ask(web, "http://site.example/")).detail())
          .isEqualTo("dns took more than 200 ms");
    }
    gate.countDown();
  }

  private static HttpWeb quick(Resolver resolver, Connector connector) {
    var l = WebFixture.LIMITS;
    var quick = Duration.ofMillis(200);
    var limits =
        new HttpLimits(
            l.userAgent(),
            quick,
            quick,
            l.tls(),
            l.firstByte(),
            l.total(),
            l.maxBodyBytes(),
            l.maxHeadBytes(),
            l.maxInterimResponses(),
            l.maxRatio(),
            0,
            l.rateWindow(),
            l.spoolMemoryBytes(),
            l.maxIdle(),
            l.maxIdlePerHost(),
            l.idle());
    return new HttpWeb(
        limits, resolver, Tls.context(), WebFixture.TEMP, connector, Health.DESCRIPTORS);
  }

  /// What happens below us (a proxy of the platform, a rule of the kernel) may lead a connection
  /// elsewhere.
  @Test
  void aPeerThatIsNotTheVettedAddressIsRefusedBeforeAnythingIsSent() throws Exception {
    var reactor =
        new DefaultConnectingIOReactor((session, link) -> {
          ((Link) link).opened(session);
          return (Link) link;
        });
    reactor.start();
    Connector elsewhere =
        (url, to, timeout, link, callback) ->
            reactor.connect(
                new Host(url.host(), url.port()),
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), to.getPort()),
                null,
                Timeout.of(timeout),
                link,
                callback);
    try (var server = RawServer.answering(OK);
        var web =
            new HttpWeb(
                WebFixture.LIMITS,
                WebFixture.resolver(List.of()),
                Tls.context(),
                WebFixture.TEMP,
                elsewhere,
                Health.DESCRIPTORS)) {
      var broken = (Reply.Broken) ask(web, "http://127.0.0.9:" + server.port() + "/");

      assertThat(broken.fault()).isEqualTo(Fault.Refused.ADDRESS);
      assertThat(broken.detail()).contains("the vetted address 127.0.0.9", "/127.0.0.1:");
      server.end();
      assertThat(server.requests()).isEmpty();
    } finally {
      reactor.close(CloseMode.IMMEDIATE);
    }
  }
}
