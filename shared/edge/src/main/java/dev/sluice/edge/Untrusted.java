package dev.sluice.edge;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Where code meets bytes that a stranger wrote. Whatever they make it do is said of them: a
/// `RuntimeException`, and a stack that overflows, of which nothing is left that could be broken.
/// Other errors are of the process.
public final class Untrusted {
  /// Reads such bytes.
  ///
  /// @param <E> what it throws besides
  @FunctionalInterface
  public interface Reading<T extends @Nullable Object, E extends Exception> {
    T read() throws E, IOException;
  }

  private Untrusted() {}

  /// Reads on this thread.
  ///
  /// @throws IOException what the reading threw, or as which it is said of the bytes
  public static <T extends @Nullable Object, E extends Exception> T read(Reading<T, E> reading)
      throws E, IOException {
    try {
      return reading.read();
    } catch (RuntimeException | StackOverflowError theirs) {
      throw new IOException("it cannot be read: " + theirs.getClass().getSimpleName(), theirs);
    }
  }
}
