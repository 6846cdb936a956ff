package dev.sluice.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Encoded gzip members that wait to be appended to an archive: in memory, or in a file if they are
/// large. The caller appends them once and closes them.
final class Encoded implements AutoCloseable {
  private final byte[] bytes;
  private final @Nullable Path file;
  private final long length;

  private Encoded(byte[] bytes, @Nullable Path file, long length) {
    this.bytes = bytes;
    this.file = file;
    this.length = length;
  }

  static Encoded of(byte[] bytes) {
    return new Encoded(bytes, null, bytes.length);
  }

  static Encoded of(Path file) throws IOException {
    return new Encoded(new byte[0], file, Files.size(file));
  }

  /// Bytes of all members.
  long length() {
    return length;
  }

  void writeTo(OutputStream out) throws IOException {
    if (file == null) {
      out.write(bytes);
    } else {
      try (InputStream in = Files.newInputStream(file)) {
        in.transferTo(out);
      }
    }
  }

  @Override
  public void close() {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
  }
}
