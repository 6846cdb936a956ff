package dev.sluice.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/// The inflated contents of all members of a gzip file (RFC 1952), one after the other.
///
/// `GZIPInputStream` calls itself for each empty member, so that a body of 4 MB overflows the
/// stack; this class loops. It ignores bytes behind the last member, as browsers do; a stream
/// without a byte is empty. A broken member fails the read with a [ZipException], a member that is
/// cut with an [EOFException]. One thread owns it.
public final class GzipMembers extends InputStream {
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer;
  private int at;
  private int end;
  private boolean isInside;
  private boolean isFirst = true;
  private boolean hasEnded;

  /// @param step bytes that are read ahead at most
  public GzipMembers(InputStream in, int step) {
    this.in = in;
    this.buffer = new byte[step];
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int count) throws IOException {
    while (count > 0 && !hasEnded) {
      if (!isInside) {
        hasEnded = !begin();
        continue;
      }
      var inflated = inflate(into, offset, count);
      if (inflated > 0) {
        crc.update(into, offset, inflated);
        return inflated;
      }
      if (inflater.finished()) {
        end();
      } else if (inflater.needsInput()) {
        fill();
        inflater.setInput(buffer, 0, end);
      } else {
        throw new ZipException("a member must need no dictionary");
      }
    }
    return count > 0 ? -1 : 0;
  }

  private int inflate(byte[] into, int offset, int count) throws ZipException {
    try {
      return inflater.inflate(into, offset, count);
    } catch (DataFormatException broken) {
      throw new ZipException("a member must be deflated: " + broken.getMessage());
    }
  }

  /// @return whether there is one more
  private boolean begin() throws IOException {
    if (at == end && !canFill()) {
      return false; // an empty body is an empty file
    }
    if (next() != 0x1f || (at == end && !canFill()) || next() != 0x8b) {
      if (isFirst) {
        throw new ZipException("gzip must begin with 1f 8b");
      }
      return false;
    }
    isFirst = false;
    var method = next();
    if (method != 8) {
      throw new ZipException("the method of a member must be 8, got " + method);
    }
    var flags = next();
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(next() | next() << 8);
    }
    skipText((flags & NAME) != 0);
    skipText((flags & COMMENT) != 0);
    skip((flags & HEADER_CRC) != 0 ? 2 : 0);
    crc.reset();
    inflater.reset();
    inflater.setInput(buffer, at, end - at);
    isInside = true;
    return true;
  }

  private void end() throws IOException {
    at = end - inflater.getRemaining();
    var itsCrc = four();
    var itsLength = four();
    if (itsCrc != crc.getValue() || itsLength != (inflater.getBytesWritten() & 0xffff_ffffL)) {
      throw new ZipException("a member must have the checksum and the length that it says");
    }
    isInside = false;
  }

  private long four() throws IOException {
    return next() | next() << 8 | next() << 16 | (long) next() << 24;
  }

  private void skipText(boolean isThere) throws IOException {
    for (var more = isThere; more; ) {
      more = next() != 0;
    }
  }

  private void skip(int count) throws IOException {
    for (var i = 0; i < count; i++) {
      next();
    }
  }

  private int next() throws IOException {
    if (at == end) {
      fill();
    }
    return buffer[at++] & 0xff;
  }

  private void fill() throws IOException {
    if (!canFill()) {
      throw new EOFException("a member must be whole");
    }
  }

  private boolean canFill() throws IOException {
    var read = in.read(buffer, 0, buffer.length);
    at = 0;
    end = Math.max(0, read);
    return read > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
