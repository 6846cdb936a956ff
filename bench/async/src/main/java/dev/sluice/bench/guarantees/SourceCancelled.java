package dev.sluice.bench.guarantees;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Does a timeout close the sockets of requests to a loopback server that never answers?
final class SourceCancelled implements Question {
  private static final int COUNT = 8;

  @Override
  public String text() {
    return "3 · sockets that the server sees closed within 1 s of a timeout";
  }

  @Override
  public Cell ask(Subject subject) throws Exception {
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    try (var server = new SilentServer();
        var limited = subject.limited(COUNT, PATIENCE)) {
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port())).build();
      Work work = _ -> new CancellableRequest(client, request);
      var workload = Workload.of(Inputs.of(COUNT), work, _ -> {}).timeout(Duration.ofMillis(300));
      return limited
          .run(workload)
          .measured(_ -> {
            Pause.until(() -> server.closed() == COUNT, Duration.ofSeconds(1));
            var closed = server.closed();
            return Cell.of(
                closed == COUNT && server.opened() == COUNT, "%d of %d", closed, server.opened());
          });
    } finally {
      client.shutdownNow();
    }
  }

  /// A request under way. Cancelling it cancels the future that the HTTP client returned.
  private static final class CancellableRequest extends CompletableFuture<@Nullable Integer> {
    private final CompletableFuture<?> sent;

    CancellableRequest(HttpClient client, HttpRequest request) {
      sent = client.sendAsync(request, BodyHandlers.discarding());
      sent.whenComplete((_, thrown) -> {
        if (thrown == null) {
          complete(0);
        } else {
          completeExceptionally(thrown);
        }
      });
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      sent.cancel(true);
      return super.cancel(mayInterruptIfRunning);
    }
  }
}
