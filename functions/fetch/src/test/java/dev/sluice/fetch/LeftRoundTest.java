package dev.sluice.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.async.Deadline;
import dev.sluice.async.Island;
import dev.sluice.flow.ObjectStore;
import dev.sluice.memory.MemoryWeb.ScriptedAnswer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A round whose invocation ends while its archive is on its way into the store.
@Timeout(60)
class LeftRoundTest {
  private final CompletableFuture<Path> file = new CompletableFuture<>();
  private final CompletableFuture<ObjectStore.Put> put = new CompletableFuture<>();

  /// A store whose put of an archive ends when the test says so.
  private ObjectStore slow(ObjectStore store) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("put")
                  && arguments[1] instanceof ObjectStore.Content.File(var path)) {
                file.complete(path);
                return put;
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  /// The file stays as long as the client may read it, and no longer: the next invocations of the
  /// environment have the same disk.
  @Test
  void itsArchiveIsRemovedWhenThePutHasEnded() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.page("never asked"));
    fixture.seen = slow(fixture.store);
    var round = new CompletableFuture<CompletableFuture<Fetched>>();

    assertThatThrownBy(() ->
            Island.run(
                Deadline.in(Duration.ofSeconds(2)),
                Duration.ZERO,
                run -> {
                  round.complete(
                      fixture.stage().run(fixture.task("no-address"), run).toCompletableFuture());
                  return round.join();
                }))
        .isInstanceOf(TimeoutException.class);
    assertThat(file.get(20, TimeUnit.SECONDS)).exists();

    put.complete(new ObjectStore.Put.Done("etag"));

    assertThat(round.join().get(20, TimeUnit.SECONDS).result()).isEqualTo(FetchResult.FETCHED);
    assertThat(Files.exists(file.join())).isFalse();
  }
}
