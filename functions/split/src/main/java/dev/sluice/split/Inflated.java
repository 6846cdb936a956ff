package dev.sluice.split;

import dev.sluice.archive.CountedStream;
import dev.sluice.archive.GzipMembers;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/// The inflated bytes of a gzipped manifest, of one member or many. Reading fails, and names the
/// manifest, when it inflates to more than a list of URLs does.
final class Inflated extends FilterInputStream {
  /// The most bytes that a byte of the object may become. In a list that repeats one URL it becomes
  /// about 500; deflate's most is 1,032.
  static final int MAX_RATIO = 750;

  /// A manifest of so many bytes inflated is never refused.
  static final long ALWAYS_BYTES = 16L * 1024 * 1024;

  /// The most bytes inflated, whatever the ratio: each part inflates all bytes before it.
  static final long MAX_BYTES = 32L * 1024 * 1024 * 1024;

  private static final int BUFFER_BYTES = 64 * 1024;

  private final String name;
  private final CountedStream packed;
  private final long most;
  private long inflated;

  private Inflated(String name, CountedStream packed, long most) {
    super(new GzipMembers(packed, BUFFER_BYTES));
    this.name = name;
    this.packed = packed;
    this.most = most;
  }

  /// Opens a manifest and reads nothing yet; a read throws [ListBroken] if it is no gzip.
  ///
  /// @param name of the manifest, for messages
  static Inflated of(String name, InputStream packed) {
    return of(name, packed, MAX_BYTES);
  }

  static Inflated of(String name, InputStream packed, long most) {
    return new Inflated(name, new CountedStream(packed), most);
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int read;
    try {
      read = super.read(into, from, length);
    } catch (ZipException | EOFException broken) {
      throw new ListBroken(
          inflated == 0
              ? name + " must be gzip: " + broken.getMessage()
              : name
                  + " must be whole gzip, got after "
                  + inflated
                  + " bytes: "
                  + broken.getMessage());
    }
    if (read < 0 && packed.bytes() == 0) {
      throw new ListBroken(name + " must be gzip, got no byte");
    }
    inflated += Math.max(0, read);
    if (inflated > most) {
      throw new ListBroken(
          name + " must inflate to at most " + most + " bytes, and goes on after them");
    }
    if (inflated > ALWAYS_BYTES && inflated > packed.bytes() * MAX_RATIO) {
      throw new ListBroken(
          name
              + " must inflate to at most "
              + MAX_RATIO
              + " times its size, got "
              + inflated
              + " bytes of "
              + packed.bytes());
    }
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    var buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(0, bytes))];
    var skipped = buffer.length == 0 ? 0 : read(buffer, 0, buffer.length);
    return Math.max(0, skipped);
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
