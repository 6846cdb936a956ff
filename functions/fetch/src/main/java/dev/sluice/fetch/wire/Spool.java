package dev.sluice.fetch.wire;

import dev.sluice.flow.Web;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A body as it grows: in memory up to 256 KB and while the budget lasts, then in a file that has
/// no name any more. One thread at a time; it may block on the file.
final class Spool implements Web.Body {
  private static final int FIRST_BYTES = 8 * 1024;

  private final MemoryBudget budget;
  private final Path temp;
  private byte[] memory = new byte[0];
  private @Nullable FileChannel file;
  private long length;
  private boolean closed;

  Spool(MemoryBudget budget, Path temp) {
    this.budget = budget;
    this.temp = temp;
  }

  void write(byte[] bytes, int count) throws IOException {
    if (file == null && !fits(length + count)) {
      file = spill();
    }
    if (file == null) {
      System.arraycopy(bytes, 0, memory, (int) length, count);
    } else {
      writeFully(file, ByteBuffer.wrap(bytes, 0, count), length);
    }
    length += count;
  }

  private boolean fits(long wanted) {
    if (wanted <= memory.length) {
      return true;
    }
    if (wanted > HttpLimits.MEMORY_BODY_BYTES) {
      return false;
    }
    var capacity = Math.max(FIRST_BYTES, Integer.highestOneBit((int) wanted - 1) * 2);
    if (!budget.tryTake(capacity - memory.length)) {
      return false;
    }
    memory = Arrays.copyOf(memory, capacity);
    return true;
  }

  private FileChannel spill() throws IOException {
    var path = Files.createTempFile(temp, "body-", "");
    // On Unix the file loses its name at once, so a killed process leaves nothing behind.
    var opened =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    writeFully(opened, ByteBuffer.wrap(memory, 0, (int) length), 0);
    releaseMemory();
    return opened;
  }

  private static void writeFully(FileChannel file, ByteBuffer bytes, long from) throws IOException {
    var at = from;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  private void releaseMemory() {
    budget.giveBack(memory.length);
    memory = new byte[0];
  }

  /// Cuts the body to its first `most` bytes.
  void cut(long most) {
    length = Math.min(length, most);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public InputStream open() throws IOException {
    if (closed) {
      throw new IOException("the body was closed");
    }
    return new Reading();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    releaseMemory();
    if (file != null) {
      try {
        file.close();
      } catch (IOException gone) {
        // It has no name: nothing is left that could be closed again or seen by anyone.
        file = null;
      }
    }
  }

  private final class Reading extends InputStream {
    private long at;

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      if (closed) {
        throw new IOException("the body was closed");
      }
      if (count == 0) {
        return 0;
      }
      var wanted = (int) Math.min(count, length - at);
      if (wanted <= 0) {
        return -1;
      }
      var got = wanted;
      if (file == null) {
        System.arraycopy(memory, (int) at, into, offset, wanted);
      } else {
        got = file.read(ByteBuffer.wrap(into, offset, wanted), at);
      }
      at += Math.max(0, got);
      return got;
    }

    @Override
    public int available() {
      return (int) Math.min(Integer.MAX_VALUE, length - at);
    }
  }
}
