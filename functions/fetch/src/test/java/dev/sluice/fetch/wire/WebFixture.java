package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.async.Call;
import dev.sluice.async.Deadline;
import dev.sluice.fetch.guard.HostsFile;
import dev.sluice.fetch.guard.Resolver;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;
import dev.sluice.flow.url.WebUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// A web for tests: loopback is open, all else is not.
final class WebFixture implements AutoCloseable {
  static final HttpLimits LIMITS =
      new HttpLimits(
          "Sluice-Test/1 (+https://example.org/contact)",
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          4_000_000,
          64 * 1024,
          8,
          200,
          0,
          Duration.ofSeconds(5),
          8_000_000,
          8,
          2,
          Duration.ofSeconds(30));

  static final Path TEMP = Path.of(System.getProperty("java.io.tmpdir"));

  final HttpWeb web;

  WebFixture() {
    this(LIMITS);
  }

  WebFixture(HttpLimits limits) {
    web = new HttpWeb(limits, resolver(List.of()), Tls.context(), TEMP);
  }

  static Resolver resolver(List<String> hosts) {
    var rules = UrlRules.of(AddressRules.opening("127.0.0.0/8"), "1-65535");
    return new Resolver(rules, HostsFile.of(hosts));
  }

  static WebUrl url(String text) {
    return (WebUrl) WebUrl.parse(text);
  }

  Reply ask(String url) throws Exception {
    return ask(url, new TestCall(Deadline.NEVER));
  }

  Reply ask(String url, Call call) throws Exception {
    return web.ask(url(url), call).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  Reply.Response response(String url) throws Exception {
    return (Reply.Response) ask(url);
  }

  Reply.Broken broken(String url) throws Exception {
    return (Reply.Broken) ask(url);
  }

  static String text(Reply.Response response) throws IOException {
    try (var in = response.body().open()) {
      return new String(in.readAllBytes(), ISO_8859_1);
    }
  }

  @Override
  public void close() {
    web.close();
  }

  /// Cancels when a test says so.
  static final class TestCall implements Call {
    private final Deadline deadline;
    private final List<Runnable> actions = new CopyOnWriteArrayList<>();

    TestCall(Deadline deadline) {
      this.deadline = deadline;
    }

    void cancel() {
      actions.forEach(Runnable::run);
    }

    @Override
    public Deadline deadline() {
      return deadline;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public <F extends Future<?>> F own(F source) {
      return source;
    }

    @Override
    public void onCancel(Runnable action) {
      actions.add(action);
    }
  }
}
