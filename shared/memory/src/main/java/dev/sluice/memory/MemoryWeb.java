package dev.sluice.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.async.Call;
import dev.sluice.async.Simulation;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Took;
import dev.sluice.flow.Web;
import dev.sluice.flow.url.WebUrl;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A scripted web on a simulation's clock. It remembers all requests, and how many were under way
/// at once.
///
/// A call ends at its deadline or when it is cancelled, and a body at its limit, as over the wire.
/// Addresses and connections take no time; there is no TLS.
public final class MemoryWeb implements Web {
  private static final String IP = "203.0.113.1";

  /// An event that is due later never happens in a simulation.
  private static final Duration A_YEAR = Duration.ofDays(365);

  /// The scripted answer to one request.
  public sealed interface ScriptedAnswer {
    /// A final response.
    ///
    /// @param after the request
    /// @param fields as `Name: value`, without those that describe the length
    record Response(Duration after, int status, List<String> fields, String body)
        implements ScriptedAnswer {}

    /// A response that begins and does not end: its body comes with its head, and then the server
    /// breaks the connection or sends nothing more.
    record Unfinished(Response begun, boolean breaks) implements ScriptedAnswer {}

    /// No answer that counts.
    record Broken(Duration after, boolean sent, Fault fault, String detail)
        implements ScriptedAnswer {}

    /// The server never answers.
    record Silence() implements ScriptedAnswer {}

    /// A fault of our own process, as a full disk.
    record Ours(RuntimeException failure) implements ScriptedAnswer {}

    /// A page, 10 ms after the request.
    static ScriptedAnswer page(String body) {
      return new Response(Duration.ofMillis(10), 200, List.of("Content-Type: text/html"), body);
    }

    /// A status and one field, 10 ms after the request.
    static ScriptedAnswer status(int status, String... fields) {
      return new Response(Duration.ofMillis(10), status, List.of(fields), "");
    }
  }

  /// Gives the answer to a request.
  @FunctionalInterface
  public interface Script {
    /// The answer to a request for this URL.
    ///
    /// @param before how often the URL was asked before
    ScriptedAnswer answer(WebUrl url, int before);
  }

  /// One request.
  ///
  /// @param atOnce requests to the authority that were under way then, this one included
  public record AskedUrl(WebUrl url, Instant at, int atOnce) {}

  private final Simulation simulation;
  private final int maxBodyBytes;
  private final Script script;
  private final List<AskedUrl> asked = new ArrayList<>();
  private final Map<String, Integer> times = new HashMap<>();
  private final Map<String, Integer> underWay = new HashMap<>();
  private int openBodies;

  /// A web without requests so far.
  ///
  /// @param maxBodyBytes most bytes of a body; the rest is cut
  public MemoryWeb(Simulation simulation, int maxBodyBytes, Script script) {
    this.simulation = simulation;
    this.maxBodyBytes = maxBodyBytes;
    this.script = script;
  }

  /// All requests so far, in their order.
  public List<AskedUrl> asked() {
    return List.copyOf(asked);
  }

  /// The number of bodies that are not closed yet.
  public int openBodies() {
    return openBodies;
  }

  @Override
  public CompletionStage<Reply> ask(WebUrl url, Call call) {
    var exchange = new ScriptedExchange(url);
    var before = times.merge(url.href(), 1, Integer::sum) - 1;
    var answer = script.answer(url, before);
    var left = call.deadline().left();
    if (left.compareTo(A_YEAR) < 0) {
      simulation.after(left, () -> exchange.late(left));
    }
    call.onCancel(exchange::cancelled);
    switch (answer) {
      case ScriptedAnswer.Response response ->
          simulation.after(response.after, () -> exchange.responds(response, null));
      case ScriptedAnswer.Unfinished(var begun, var breaks) ->
          simulation.after(begun.after, () -> exchange.begins(begun, breaks));
      case ScriptedAnswer.Broken broken ->
          simulation.after(
              broken.after, () -> exchange.broken(broken.sent, broken.fault, broken.detail));
      case ScriptedAnswer.Silence() -> {}
      case ScriptedAnswer.Ours(var failure) -> exchange.reply.completeExceptionally(failure);
    }
    return exchange.reply;
  }

  private final class ScriptedExchange {
    private final WebUrl url;
    private final Instant at = simulation.now();
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private @Nullable Instant head;
    private ScriptedAnswer.@Nullable Response begun;

    ScriptedExchange(WebUrl url) {
      this.url = url;
      var atOnce = underWay.merge(url.authority(), 1, Integer::sum);
      asked.add(new AskedUrl(url, at, atOnce));
      reply.whenComplete((_, _) -> underWay.merge(url.authority(), -1, Integer::sum));
    }

    void broken(boolean sent, Fault fault, String detail) {
      reply.complete(new Reply.Broken(at, took(sent), sent ? IP : null, sent, fault, detail));
    }

    void late(Duration limit) {
      if (begun == null || begun.body.isEmpty()) {
        var how = "total took more than " + limit.toMillis() + " ms, in " + phase();
        broken(true, Fault.Failed.TIMEOUT, how);
      } else {
        responds(begun, "time");
      }
    }

    void cancelled() {
      broken(true, Fault.Failed.TIMEOUT, "the call was cancelled in " + phase());
    }

    private String phase() {
      return head == null ? "first_byte" : "body";
    }

    void begins(ScriptedAnswer.Response response, boolean breaks) {
      head = simulation.now();
      begun = response;
      if (response.body.length() > maxBodyBytes) {
        responds(response, null);
      } else if (breaks && response.body.isEmpty()) {
        broken(true, Fault.Failed.DISCONNECT, "the connection was closed in body");
      } else if (breaks) {
        responds(response, "disconnect");
      }
    }

    /// @param cut why the body is not whole; null if it is, or its limit cuts it
    void responds(ScriptedAnswer.Response response, @Nullable String cut) {
      if (reply.isDone()) {
        return;
      }
      head = head == null ? simulation.now() : head;
      var whole = response.body.getBytes(US_ASCII);
      var truncated = whole.length > maxBodyBytes ? "length" : cut;
      var bytes = Arrays.copyOf(whole, Math.min(whole.length, maxBodyBytes));
      var head = new StringBuilder("HTTP/1.1 ").append(response.status).append(" As-Scripted\r\n");
      var fields = new ArrayList<Field>();
      for (var line : response.fields) {
        var colon = line.indexOf(": ");
        fields.add(new Field(line.substring(0, colon), line.substring(colon + 2)));
        head.append(line).append("\r\n");
      }
      head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
      var request = "GET " + url.pathAndQuery() + " HTTP/1.1\r\nHost: " + url.authority();
      reply.complete(
          new Reply.Response(
              at,
              took(true),
              IP,
              (request + "\r\n\r\n").getBytes(US_ASCII),
              head.toString().getBytes(US_ASCII),
              response.status,
              fields,
              new MemoryBody(bytes),
              head.length() + bytes.length,
              bytes.length,
              truncated));
    }

    private Took took(boolean sent) {
      var now = simulation.now();
      var total = millis(at, now);
      if (!sent) {
        return new Took(0, total, null, null, null, total);
      }
      var body = head == null ? null : millis(head, now);
      return new Took(0, 0, null, millis(at, head == null ? now : head), body, total);
    }

    private static int millis(Instant from, Instant to) {
      return (int) Duration.between(from, to).toMillis();
    }
  }

  private final class MemoryBody implements Body {
    private byte @Nullable [] bytes;

    MemoryBody(byte[] bytes) {
      this.bytes = bytes;
      openBodies++;
    }

    @Override
    public long length() {
      return bytes().length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes());
    }

    private byte[] bytes() {
      if (bytes == null) {
        throw new IllegalStateException("the body is closed");
      }
      return bytes;
    }

    @Override
    public void close() {
      if (bytes != null) {
        bytes = null;
        openBodies--;
      }
    }
  }
}
