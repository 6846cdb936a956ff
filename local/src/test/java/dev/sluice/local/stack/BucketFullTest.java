package dev.sluice.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/// A disk without room is said, with what was to be put; another failure is not taken for one.
class BucketFullTest {
  private static final byte[] FOUR_BYTES = "four".getBytes(UTF_8);

  @TempDir Path roof;
  private final List<String> created = new ArrayList<>();
  private final List<String> full = new ArrayList<>();

  @Test
  void aPutThatFailsWithLessRoomThanItNeedsIsSaid() throws Exception {
    assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> put(bucket(3), broken()));

    assertThat(full)
        .containsExactly("the disk of out is full: 3 bytes are free, warc/j/0.warc.gz needs 4");
    assertThat(created).isEmpty();
  }

  @Test
  void aPutThatFailsWithRoomEnoughIsNot() throws Exception {
    assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> put(bucket(4), broken()));

    assertThat(full).isEmpty();
  }

  @Test
  void aPutThatSucceedsIsNot() throws Exception {
    put(bucket(0), new ByteArrayInputStream(FOUR_BYTES));

    assertThat(full).isEmpty();
    assertThat(created).containsExactly("warc/j/0.warc.gz");
  }

  private Bucket bucket(long room) throws IOException {
    Files.createDirectories(roof.resolve("bucket"));
    return new Bucket(
        new FilesystemNio2BlobStore(roof.toString()),
        Path.of("out"),
        () -> room,
        created::add,
        full::add);
  }

  private static void put(Bucket bucket, InputStream content) {
    bucket.putBlob(
        PutObjectRequest.builder()
            .bucket("bucket")
            .key("warc/j/0.warc.gz")
            .contentLength((long) FOUR_BYTES.length)
            .build(),
        content);
  }

  /// As a write to a full disk fails in the folder's store.
  private static InputStream broken() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("No space left on device");
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        throw new IOException("No space left on device");
      }
    };
  }
}
