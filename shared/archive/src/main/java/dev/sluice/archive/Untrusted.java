package dev.sluice.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Where code meets bytes that a stranger wrote. Whatever they make it do is said of them: a
/// `RuntimeException`, and a stack that overflows, of which nothing is left that could be broken.
/// Other errors are of the process.
public final class Untrusted {
  /// Reads such bytes.
  ///
  /// @param <E> what it throws besides
  @FunctionalInterface
  public interface UntrustedRead<T extends @Nullable Object, E extends Exception> {
    T read() throws E, IOException;
  }

  /// A stream of this process in which such bytes lie: a file, say. When the stream itself fails,
  /// the bytes are not at fault.
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
  /// @throws IOException what the reading threw, or as which it is said of the bytes
  public static <T extends @Nullable Object, E extends Exception> T read(
      UntrustedRead<T, E> reading) throws E, IOException {
    try {
      return reading.read();
    } catch (RuntimeException | StackOverflowError theirs) {
      throw new IOException("it cannot be read: " + theirs.getClass().getSimpleName(), theirs);
    }
  }
}
