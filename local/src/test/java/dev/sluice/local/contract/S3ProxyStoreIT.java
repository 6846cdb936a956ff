package dev.sluice.local.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.ObjectStore;
import dev.sluice.local.stack.Stack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The folder as a bucket, over S3's own protocol.
@NullUnmarked // set before all tests
class S3ProxyStoreIT extends ObjectStoreContract {
  @TempDir static Path folder;
  private static Stack stack;

  @BeforeAll
  static void start() throws Exception {
    stack = Stack.start(Path.of("..", "template.yaml"), folder, Map.of());
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Override
  ObjectStore store() {
    return stack.store();
  }

  @Test
  void theFolderIsTheBucket() throws Exception {
    var one = new ObjectStore.Content.Bytes("one".getBytes(UTF_8));

    store().put("rows/a/1.txt", one, new ObjectStore.Condition.Always()).join();

    assertThat(Files.readString(folder.resolve("rows/a/1.txt"))).isEqualTo("one");
  }

  @Test
  void anObjectThatLostItsEtagWithItsAttributesIsComparedAllTheSame() throws Exception {
    Files.writeString(folder.resolve("copied"), "first"); // as a copied folder has it
    var first = store().get("copied").join().orElseThrow();

    assertThat(first.etag()).isEqualTo(store().head("copied").join().orElseThrow().etag());
    assertThat(store().get("copied", 1, 2).join().orElseThrow().etag()).isEqualTo(first.etag());
    assertThat(replace("copied", "second", first.etag())).isInstanceOf(ObjectStore.Put.Done.class);
    assertThat(replace("copied", "third", first.etag())).isInstanceOf(ObjectStore.Put.Lost.class);
    assertThat(Files.readString(folder.resolve("copied"))).isEqualTo("second");
  }

  /// Plans name it, so that a job whose folder was copied goes on with its list.
  @Test
  void aListThatLostItsEtagWithItsAttributesHasItStill() throws Exception {
    var list = new ObjectStore.Content.Bytes("http://a.example/\n".getBytes(UTF_8));
    store().put("manifests/etag.txt", list, new ObjectStore.Condition.IfAbsent()).join();
    var before = store().head("manifests/etag.txt").join().orElseThrow();
    var file = folder.resolve("manifests/etag.txt");
    var bytes = Files.readAllBytes(file);

    Files.delete(file);
    Files.write(file, bytes);

    assertThat(store().head("manifests/etag.txt").join().orElseThrow().etag())
        .isEqualTo(before.etag());
    assertThat(store().get("manifests/etag.txt", 3, 4).join().orElseThrow().etag())
        .isEqualTo(before.etag());
    Files.writeString(file, "http://b.example/\n");
    assertThat(store().head("manifests/etag.txt").join().orElseThrow().etag())
        .isNotEqualTo(before.etag());
  }

  private ObjectStore.Put replace(String key, String text, String etag) {
    var content = new ObjectStore.Content.Bytes(text.getBytes(UTF_8));
    return store().put(key, content, new ObjectStore.Condition.IfMatch(etag)).join();
  }
}
