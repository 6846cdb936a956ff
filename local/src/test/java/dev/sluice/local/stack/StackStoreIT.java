package dev.sluice.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.ObjectStore.Put;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The folder as a bucket, over S3's own protocol.
@NullUnmarked // set before all tests
class StackStoreIT {
  @TempDir static Path folder;
  private static Stack stack;
  private static ObjectStore store;

  @BeforeAll
  static void start() throws Exception {
    stack = Stack.start(Path.of("..", "template.yaml"), folder, Map.of());
    store = stack.store();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void theFolderIsTheBucket() throws Exception {
    put("rows/a/1.txt", "one", new Condition.Always());

    assertThat(Files.readString(folder.resolve("rows/a/1.txt"))).isEqualTo("one");
    assertThat(store.list("rows/a/", "").join().entries())
        .extracting(ObjectStore.Listing.Entry::key)
        .containsExactly("rows/a/1.txt");
  }

  @Test
  void whatIsThereIsNotPutAgain() {
    assertThat(put("once", "first", new Condition.IfAbsent())).isInstanceOf(Put.Done.class);
    assertThat(put("once", "second", new Condition.IfAbsent())).isInstanceOf(Put.Lost.class);
    assertThat(text("once")).isEqualTo("first");
  }

  @Test
  void aPieceBeyondTheEndIsEmptyAndAMissingObjectIsNone() {
    put("piece", "0123456789", new Condition.Always());

    var middle = store.get("piece", 3, 4).join().orElseThrow();
    assertThat(new String(middle.bytes(), UTF_8)).isEqualTo("3456");
    assertThat(middle.size()).isEqualTo(10);
    assertThat(store.get("piece", 8, 4).join().orElseThrow().bytes()).hasSize(2);
    assertThat(store.get("piece", 10, 4).join().orElseThrow().bytes()).isEmpty();
    assertThat(store.get("nothing").join()).isEmpty();
    assertThat(store.head("nothing").join()).isEmpty();
  }

  @Test
  void eightThatCompareAtOnceLoseNoIncrement() throws Exception {
    put("count", "0", new Condition.Always());
    Callable<Boolean> fifty =
        () -> {
          for (var i = 0; i < 50; i++) {
            increment();
          }
          return true;
        };

    try (var threads = Executors.newFixedThreadPool(8)) {
      var writers = new ArrayList<Callable<Boolean>>();
      for (var i = 0; i < 8; i++) {
        writers.add(fifty);
      }
      for (var writer : threads.invokeAll(writers)) {
        assertThat(writer.get()).isTrue();
      }
    }

    assertThat(text("count")).isEqualTo("400");
  }

  private static void increment() {
    while (true) {
      var piece = store.get("count").join().orElseThrow();
      var next = Integer.parseInt(new String(piece.bytes(), UTF_8)) + 1;
      if (put("count", "" + next, new Condition.IfMatch(piece.etag())) instanceof Put.Done) {
        return;
      }
    }
  }

  private static Put put(String key, String text, Condition condition) {
    return store.put(key, new Content.Bytes(text.getBytes(UTF_8)), condition).join();
  }

  private static String text(String key) {
    return new String(store.get(key).join().orElseThrow().bytes(), UTF_8);
  }
}
