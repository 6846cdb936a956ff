package dev.sluice.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Runs code on bytes that a stranger wrote. A `RuntimeException` or a stack that overflows is the
/// fault of the bytes; neither leaves broken state behind. Other errors are the fault of the
/// process.
public final class Untrusted {
  /// Reads bytes of a stranger.
  ///
  /// @param <E> another exception that it throws
  @FunctionalInterface
  public interface UntrustedRead<T extends @Nullable Object, E extends Exception> {
    T read() throws E, IOException;
  }

  /// A stream of this process that carries such bytes, for example from a file. When the stream
  /// itself fails, the bytes are not at fault.
  public static final class OwnStream extends FilterInputStream {
    private @Nullable IOException failure;

    public OwnStream(InputStream ours) {
      super(ours);
    }

    /// Tells a fault of the stream from one of the bytes, after a reading has failed.
    ///
    /// @throws UncheckedIOException if the stream failed
    public void check() {
      if (failure != null) {
        throw new UncheckedIOException(failure);
      }
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      try {
        return super.read(into, offset, count);
      } catch (IOException failed) {
        failure = failed;
        throw failed;
      }
    }
  }

  private Untrusted() {}

  /// Reads on this thread.
  ///
  /// @throws IOException if the bytes cannot be read
  public static <T extends @Nullable Object, E extends Exception> T read(
      UntrustedRead<T, E> reading) throws E, IOException {
    try {
      return reading.read();
    } catch (RuntimeException | StackOverflowError theirs) {
      throw new IOException("it cannot be read: " + theirs.getClass().getSimpleName(), theirs);
    }
  }
}
