package dev.sluice.fetch.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Deadline;
import dev.sluice.edge.Health;
import dev.sluice.fetch.guard.HostsFile;
import dev.sluice.fetch.guard.Resolver;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;
import dev.sluice.flow.url.WebUrl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is refused is never connected to. The connector records and opens nothing, so that a broken
/// guard cannot reach the network it should keep us from.
class RefusalTest {
  private static final Map<String, List<String>> DNS =
      Map.of(
          "public.example", List.of("1.1.1.1"),
          "rebound.example", List.of("169.254.169.254"),
          "half.example", List.of("1.1.1.1", "10.0.0.1"),
          "six.example", List.of("fd00:ec2::254"),
          "mapped.example", List.of("::ffff:127.0.0.1"),
          "nat64.example", List.of("64:ff9b::a9fe:a9fe"));

  private final List<InetSocketAddress> connected = new CopyOnWriteArrayList<>();
  private final HttpWeb web =
      new HttpWeb(
          WebFixture.LIMITS,
          resolver(),
          Tls.context(),
          WebFixture.TEMP,
          new Recording(),
          Health.DESCRIPTORS);

  @AfterEach
  void close() {
    web.close();
  }

  private final class Recording implements Connector {
    @Override
    public Future<IOSession> connect(
        WebUrl url,
        InetSocketAddress to,
        Duration timeout,
        IOEventHandler handler,
        FutureCallback<IOSession> callback) {
      connected.add(to);
      callback.failed(new java.net.ConnectException("this test connects to nothing"));
      return new CompletableFuture<>();
    }
  }

  private static Resolver resolver() {
    return new Resolver(
        UrlRules.of(AddressRules.opening(""), ""),
        HostsFile.of(List.of("10.9.8.7 listed.example")),
        RefusalTest::lookUp);
  }

  private static InetAddress[] lookUp(String name) throws UnknownHostException {
    if (!DNS.containsKey(name)) {
      throw new UnknownHostException(name);
    }
    return DNS.get(name).stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }

  private Reply.Broken ask(String url) throws Exception {
    return (Reply.Broken)
        web.ask(WebFixture.url(url), new WebFixture.TestCall(Deadline.NEVER))
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1/, ADDRESS",
    "http://169.254.169.254/latest/meta-data/, ADDRESS",
    "http://[::1]/, ADDRESS",
    "http://[fd00:ec2::254]/, ADDRESS",
    "http://[::ffff:169.254.169.254]/, ADDRESS",
    "http://[64:ff9b::169.254.169.254]/, ADDRESS",
    "http://100.64.0.1/, ADDRESS",
    "http://168.63.129.16/, ADDRESS",
    "https://0.0.0.0/, ADDRESS",
    "http://rebound.example/, ADDRESS",
    "https://rebound.example/, ADDRESS",
    "http://half.example/, ADDRESS",
    "http://six.example/, ADDRESS",
    "http://mapped.example/, ADDRESS",
    "http://nat64.example/, ADDRESS",
    "http://listed.example/, ADDRESS",
    "http://localhost/, NAME",
    "http://x.localhost./, NAME",
    "http://metadata.google.internal/, NAME",
    "http://metadata/, NAME",
    "http://public.example:8080/, PORT",
    "http://public.example:22/, PORT",
  })
  void itIsRefusedAndNothingIsConnected(String url, String fault) throws Exception {
    var broken = ask(url);

    assertThat(broken.fault()).isEqualTo(Fault.Refused.valueOf(fault));
    assertThat(broken.sent()).isFalse();
    assertThat(broken.ip()).isNull();
    assertThat(connected).isEmpty();
  }

  @Test
  void theDetailNamesTheHostTheAddressAndItsRange() throws Exception {
    assertThat(ask("http://half.example/").detail())
        .isEqualTo(
            "\"half.example\" is refused: address 10.0.0.1 lies in 10.0.0.0/8, private use, which"
                + " ALLOW_PRIVATE does not open");
  }

  @Test
  void anUnknownNameIsAFaultOfDns() throws Exception {
    var broken = ask("http://unknown.example/");

    assertThat(broken.fault()).isEqualTo(Fault.Failed.DNS);
    assertThat(broken.detail()).isEqualTo("no address was found for \"unknown.example\"");
    assertThat(connected).isEmpty();
  }

  @Test
  void whatIsConnectedToIsTheVettedAddressAndNoName() throws Exception {
    var broken = ask("http://public.example/");

    assertThat(broken.fault()).isEqualTo(Fault.Failed.CONNECT);
    assertThat(connected)
        .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("1.1.1.1"), 80));
  }
}
