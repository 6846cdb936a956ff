package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Deadline;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TLS keeps the name: it is sent, and the certificate must be for it. Keys are made for the run.
class TlsTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

  private static final List<String> HOSTS = List.of("127.0.0.1 site.example other.example");

  @TempDir private static Path folder;
  private static SSLContext serverTls;

  private final List<String> namesAsked = new CopyOnWriteArrayList<>();
  private volatile String answer = OK;
  private ServerSocket socket;
  private HttpWeb web;

  @BeforeAll
  static void makeKeys() throws Exception {
    var store = folder.resolve("server.p12");
    keytool(
        "-genkeypair",
        "-alias",
        "s",
        "-keyalg",
        "EC",
        "-dname",
        "CN=site.example",
        "-ext",
        "san=dns:site.example",
        "-validity",
        "2",
        "-keystore",
        store.toString());
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "s",
        "-keystore",
        store.toString(),
        "-file",
        folder.resolve("server.pem").toString());
    var keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, "secret".toCharArray());
    serverTls = SSLContext.getInstance("TLS");
    serverTls.init(factory.getKeyManagers(), null, null);
  }

  private static void keytool(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(arguments));
    command.addFirst(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-storepass", "secret", "-storetype", "PKCS12"));
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(process.waitFor()).as(() -> read(folder.resolve("keytool.log"))).isZero();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unread) {
      return unread.toString();
    }
  }

  @BeforeEach
  void listen() throws IOException {
    socket = serverTls.getServerSocketFactory().createServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    ((SSLServerSocket) socket).setUseClientMode(false);
    Thread.ofVirtual().start(this::serve);
    web = web(Tls.context(folder.resolve("server.pem")));
  }

  private static HttpWeb web(SSLContext tls) {
    return new HttpWeb(WebFixture.LIMITS, WebFixture.resolver(HOSTS), tls, WebFixture.TEMP);
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (var connection = (SSLSocket) socket.accept()) {
        connection.startHandshake();
        ((ExtendedSSLSession) connection.getSession())
            .getRequestedServerNames()
            .forEach(name -> namesAsked.add(((SNIHostName) name).getAsciiName()));
        for (var requests = 0; requests < 2; requests++) {
          var tail = 0;
          while (tail != 0x0d0a0d0a) {
            tail = tail << 8 | connection.getInputStream().read();
          }
          connection.getOutputStream().write(answer.getBytes(US_ASCII));
        }
      } catch (IOException refused) {
        namesAsked.add("refused, or gone: " + refused.getMessage());
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    web.close();
    socket.close();
  }

  private Reply ask(String host) throws Exception {
    return web.ask(
            WebFixture.url("https://" + host + ":" + socket.getLocalPort() + "/"),
            new WebFixture.TestCall(Deadline.NEVER))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  @Test
  void aTrustedCertificateForTheNameIsTakenAndTheNameIsSent() throws Exception {
    var response = (Reply.Response) ask("site.example");

    assertThat(WebFixture.text(response)).isEqualTo("hi");
    assertThat(response.took().tls()).isNotNull();
    assertThat(response.ip()).isEqualTo("127.0.0.1");
    assertThat(namesAsked).contains("site.example");
  }

  @Test
  void aConnectionInUseIsUsedAgainWithoutAHandshake() throws Exception {
    ask("site.example");
    var second = (Reply.Response) ask("site.example");

    assertThat(second.took().tls()).isNull();
    assertThat(WebFixture.text(second)).isEqualTo("hi");
  }

  @Test
  void aLargeBodyArrivesWhole() throws Exception {
    var body = "0123456789abcdef".repeat(200_000);
    answer = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;

    var response = (Reply.Response) ask("site.example");

    assertThat(response.truncated()).isNull();
    assertThat(WebFixture.text(response)).isEqualTo(body);
    response.body().close();
  }

  @Test
  void aCertificateForAnotherNameIsAFaultOfTls() throws Exception {
    var broken = (Reply.Broken) ask("other.example");

    assertThat(broken.fault()).isEqualTo(Fault.Failed.TLS);
    assertThat(broken.detail()).contains("other.example");
    assertThat(broken.sent()).isFalse();
  }

  @Test
  void aCertificateForANameIsNotOneForItsAddress() throws Exception {
    assertThat(((Reply.Broken) ask("127.0.0.1")).fault()).isEqualTo(Fault.Failed.TLS);
  }

  @Test
  void aCertificateThatNobodyVouchesForIsAFaultOfTls() throws Exception {
    web.close();
    web = web(Tls.context());

    assertThat(((Reply.Broken) ask("site.example")).fault()).isEqualTo(Fault.Failed.TLS);
  }

  @Test
  void aServerThatSpeaksNoTlsIsAFaultOfTls() throws Exception {
    var script = (RawServer.Script) peer -> peer.send("220 no TLS is spoken here\r\n");
    try (var plain = new RawServer(script)) {
      assertThat(askAt(plain.port()).fault()).isEqualTo(Fault.Failed.TLS);
    }
  }

  @Test
  void aHandshakeThatIsCutIsAFaultOfTls() throws Exception {
    try (var closing = new RawServer(_ -> {})) {
      assertThat(askAt(closing.port()).fault()).isEqualTo(Fault.Failed.TLS);
    }
  }

  @Test
  void aHandshakeThatTakesTooLongNamesItsPhase() throws Exception {
    web.close();
    var l = WebFixture.LIMITS;
    var tls = Duration.ofMillis(200);
    var limits =
        new HttpLimits(
            l.userAgent(),
            l.dns(),
            l.connect(),
            tls,
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
    web = new HttpWeb(limits, WebFixture.resolver(HOSTS), Tls.context(), WebFixture.TEMP);
    try (var silent = new RawServer(RawServer.Peer::silence)) {
      var broken = askAt(silent.port());

      assertThat(broken.fault()).isEqualTo(Fault.Failed.TIMEOUT);
      assertThat(broken.detail()).isEqualTo("tls took more than 200 ms");
      assertThat(silent.end()).isEqualTo("gone");
    }
  }

  private Reply.Broken askAt(int port) throws Exception {
    var url = WebFixture.url("https://site.example:" + port + "/");
    return (Reply.Broken)
        web.ask(url, new WebFixture.TestCall(Deadline.NEVER))
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
  }
}
