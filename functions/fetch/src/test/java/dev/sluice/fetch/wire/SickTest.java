package dev.sluice.fetch.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Deadline;
import dev.sluice.edge.Health;
import dev.sluice.fetch.guard.HostsFile;
import dev.sluice.fetch.guard.Lookup;
import dev.sluice.fetch.guard.Resolver;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A web whose own process is broken: no host is blamed for it, and it says so when it is asked.
@Timeout(30)
class SickTest {
  private static final Health NO_DESCRIPTORS =
      () -> {
        throw new IOException("Too many open files");
      };

  private static final Connector REFUSED =
      (_, _, _, _, callback) -> {
        callback.failed(new SocketException("Too many open files"));
        return new CompletableFuture<>();
      };

  private static HttpWeb web(Resolver resolver, Health descriptors) {
    return new HttpWeb(
        WebFixture.LIMITS, resolver, Tls.context(), WebFixture.TEMP, REFUSED, descriptors);
  }

  private static Resolver nobody() {
    Lookup none =
        name -> {
          throw new UnknownHostException(name);
        };
    var rules = UrlRules.of(AddressRules.opening("127.0.0.0/8"), "");
    return new Resolver(rules, HostsFile.EMPTY, none);
  }

  private static Reply ask(HttpWeb web, String url) throws Exception {
    return web.ask(WebFixture.url(url), new WebFixture.TestCall(Deadline.NEVER))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  @Test
  void aConnectionThatDoesNotOpenForWantOfDescriptorsIsNoFaultOfTheHost() {
    try (var web = web(WebFixture.resolver(List.of()), NO_DESCRIPTORS)) {
      assertThatThrownBy(() -> ask(web, "http://127.0.0.1/"))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("Too many open files");
    }
  }

  @Test
  void aNameThatIsNotFoundForWantOfDescriptorsIsNoFaultOfTheHost() {
    try (var web = web(nobody(), NO_DESCRIPTORS)) {
      assertThatThrownBy(() -> ask(web, "http://site.example/"))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("Too many open files");
    }
  }

  @Test
  void aProcessThatIsWellBlamesTheHost() throws Exception {
    try (var web = web(nobody(), Health.DESCRIPTORS)) {
      assertThat(((Reply.Broken) ask(web, "http://site.example/")).fault())
          .isEqualTo(Fault.Failed.DNS);
    }
  }

  /// An `Error` on the reactor's thread ends it, and the reactor calls itself active still.
  @Test
  void aReactorThatHasDiedIsSaid() throws Exception {
    try (var server = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        var web =
            new HttpWeb(
                WebFixture.LIMITS,
                WebFixture.resolver(List.of()),
                new NoClassForTls(),
                WebFixture.TEMP)) {
      var site = "127.0.0.1:" + server.port() + "/";
      assertThat(ask(web, "http://" + site)).isInstanceOf(Reply.Response.class);
      assertThatCode(web::check).doesNotThrowAnyException();

      web.ask(WebFixture.url("https://" + site), new WebFixture.TestCall(Deadline.NEVER));

      // The error of the reactor's thread is meant; Awaitility would make it the test's.
      Awaitility.await()
          .dontCatchUncaughtExceptions()
          .untilAsserted(() ->
              assertThatThrownBy(web::check)
                  .isInstanceOf(IOException.class)
                  .hasMessage("the thread of all connections has ended"));
      assertThatThrownBy(() -> ask(web, "http://" + site))
          .as("its host is not blamed")
          .isInstanceOf(ExecutionException.class);
    }
  }

  /// Throws an `Error` when the reactor wants an engine of it.
  private static final class NoClassForTls extends SSLContext {
    NoClassForTls() throws Exception {
      super(new Engines(), SSLContext.getDefault().getProvider(), "TLS");
    }

    private static final class Engines extends SSLContextSpi {
      @Override
      protected SSLEngine engineCreateSSLEngine() {
        throw new NoClassDefFoundError("javax/net/ssl/SSLEngine");
      }

      @Override
      protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return engineCreateSSLEngine();
      }

      @Override
      protected void engineInit(KeyManager[] keys, TrustManager[] trusted, SecureRandom random) {}

      @Override
      protected SSLSocketFactory engineGetSocketFactory() {
        throw new UnsupportedOperationException("no sockets");
      }

      @Override
      protected SSLServerSocketFactory engineGetServerSocketFactory() {
        throw new UnsupportedOperationException("no sockets");
      }

      @Override
      protected SSLSessionContext engineGetServerSessionContext() {
        throw new UnsupportedOperationException("no sessions");
      }

      @Override
      protected SSLSessionContext engineGetClientSessionContext() {
        throw new UnsupportedOperationException("no sessions");
      }
    }
  }
}
