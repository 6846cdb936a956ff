package dev.sluice.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/// Which URLs were seen, and in which line first: 24 bytes a URL in an open hash table. Exact for
/// the first [#MOST] distinct URLs of a job; one owner.
final class Seen {
  /// So many distinct URLs of earlier parts are remembered.
  static final int MOST = 2_000_000;

  private static final int ENTRY_BYTES = 24;

  private long[] table = new long[3 * 1024];
  private int size;

  /// The line of this URL if it was seen, otherwise 0, and then it is remembered with `line`.
  long seen(long high, long low, long line) {
    if (size * 3L * 2 > table.length) {
      grow();
    }
    var slot = slot(high, low);
    if (table[slot + 2] != 0) {
      return table[slot + 2];
    }
    table[slot] = high;
    table[slot + 1] = low;
    table[slot + 2] = line;
    size++;
    return 0;
  }

  /// How many are remembered.
  int size() {
    return size;
  }

  private int slot(long high, long low) {
    var slots = table.length / 3;
    var slot = (int) Long.remainderUnsigned(high, slots);
    while (table[slot * 3 + 2] != 0 && (table[slot * 3] != high || table[slot * 3 + 1] != low)) {
      slot = slot + 1 == slots ? 0 : slot + 1;
    }
    return slot * 3;
  }

  private void grow() {
    var old = table;
    table = new long[old.length * 2];
    for (var i = 0; i < old.length; i += 3) {
      if (old[i + 2] != 0) {
        var slot = slot(old[i], old[i + 1]);
        System.arraycopy(old, i, table, slot, 3);
      }
    }
  }

  /// Remembers the keys of a part, as they stand beside its plan.
  void addAll(byte[] keys) {
    var bytes = ByteBuffer.wrap(keys);
    while (bytes.remaining() >= ENTRY_BYTES && size < MOST) {
      seen(bytes.getLong(), bytes.getLong(), bytes.getLong());
    }
  }

  /// For a plan.
  static String encode(long[] entries, int count) {
    var bytes = ByteBuffer.allocate(count * ENTRY_BYTES);
    bytes.asLongBuffer().put(Arrays.copyOf(entries, count * 3));
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /// 128 bits of a URL.
  static ByteBuffer key(String href) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(href.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException never) {
      throw new IllegalStateException("every JVM has SHA-256", never);
    }
  }
}
