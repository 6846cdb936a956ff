package dev.sluice.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Counts the bytes that are read from a stream.
public class CountedStream extends FilterInputStream {
  private long bytes;

  public CountedStream(InputStream in) {
    super(in);
  }

  /// Bytes that were read so far.
  public final long bytes() {
    return bytes;
  }

  @Override
  public final int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int count) throws IOException {
    var read = super.read(into, offset, count);
    bytes += Math.max(0, read);
    return read;
  }
}
