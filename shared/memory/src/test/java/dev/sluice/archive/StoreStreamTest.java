package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.ObjectStore.Put;
import dev.sluice.memory.MemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreStreamTest {
  private static final int CHUNK = 4 * 1024 * 1024;

  private final ObjectStore store = new MemoryStore();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK})
  void anObjectIsReadToItsEndInChunks(int length) throws Exception {
    var bytes = random(length);
    var etag = put(bytes);

    assertThat(new StoreStream(store, "key", etag, 0).readAllBytes()).isEqualTo(bytes);
    assertThat(new StoreStream(store, "key", etag, length / 2).readAllBytes())
        .isEqualTo(Arrays.copyOfRange(bytes, length / 2, length));
  }

  @Test
  void beyondTheEndThereIsNothing() throws Exception {
    var stream = new StoreStream(store, "key", put(new byte[10]), 11);

    assertThat(stream.read()).isEqualTo(-1);
    assertThat(stream.read()).isEqualTo(-1);
  }

  @Test
  void aByteIsItsValueAndNotItsSign() throws Exception {
    var stream = new StoreStream(store, "key", put(new byte[] {(byte) 0xff, 0}), 0);

    assertThat(stream.read()).isEqualTo(255);
    assertThat(stream.read()).isZero();
    assertThat(stream.read()).isEqualTo(-1);
  }

  @Test
  void anObjectThatChangesWhileItIsReadIsRefused() throws Exception {
    var etag = put(random(2 * CHUNK));
    var stream = new StoreStream(store, "key", etag, 0);
    stream.readNBytes(CHUNK);

    var now = put(random(2 * CHUNK));

    assertThatThrownBy(stream::read)
        .isInstanceOf(IOException.class)
        .hasMessage("key must not change while its job runs; it was " + etag + ", is " + now);
  }

  @Test
  void anObjectThatIsGoneIsRefused() {
    assertThatThrownBy(new StoreStream(store, "key", "\"e\"", 0)::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("key is not there any more");
  }

  /// The second member begins with the second chunk.
  @Test
  void aGzipOfTwoMembersIsReadWholeThoughTheFirstEndsWithAChunk() throws Exception {
    var length = CHUNK;
    var first = gzip(random(length));
    while (first.length != CHUNK) {
      length -= first.length - CHUNK;
      first = gzip(random(length));
    }
    var second = gzip("second".getBytes(UTF_8));
    var both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);

    try (var in = new GZIPInputStream(new StoreStream(store, "key", put(both), 0), 64 * 1024)) {
      assertThat(in.readAllBytes()).hasSize(length + 6);
    }
  }

  private String put(byte[] bytes) {
    var put = store.put("key", new Content.Bytes(bytes), new Condition.Always()).join();
    return ((Put.Done) put).etag();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] random(int length) {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
