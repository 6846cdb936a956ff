package dev.sluice.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.flow.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/// The distinct URLs of one part, and the line of the whole list in which each stands first. The
/// URLs of earlier parts are compared and not kept, so that it stays small however many they are.
/// One owner.
final class PartUrls {
  /// The most distinct URLs of earlier parts to compare with.
  static final int MOST = 2_000_000;

  /// A key is 128 bits of the URL and its line.
  private static final int KEY_BYTES = 24;

  private final MessageDigest digest = Sha256.digest();

  /// Two words of the URL, then its line.
  private long[] entries = new long[3 * 1024];

  /// Entries by their first word, plus one; 0 where there is none. Twice as long as they are.
  private int[] table = new int[2 * 1024];

  private int size;
  private int compared;

  /// Adds the URL of a line and returns its number; a new URL stands in this line first.
  int add(String href, long line) {
    if (size * 3 == entries.length) {
      entries = Arrays.copyOf(entries, 2 * entries.length);
      table = new int[2 * table.length];
      for (var entry = 0; entry < size; entry++) {
        table[slot(entries[entry * 3], entries[entry * 3 + 1])] = entry + 1;
      }
    }
    var key = ByteBuffer.wrap(digest.digest(href.getBytes(UTF_8)));
    var high = key.getLong();
    var low = key.getLong();
    var slot = slot(high, low);
    if (table[slot] == 0) {
      entries[size * 3] = high;
      entries[size * 3 + 1] = low;
      entries[size * 3 + 2] = line;
      size++;
      table[slot] = size;
    }
    return table[slot] - 1;
  }

  /// The slot of a key, or the free one where it belongs.
  private int slot(long high, long low) {
    var slot = (int) high & (table.length - 1);
    while (table[slot] != 0 && !isAt(table[slot] - 1, high, low)) {
      slot = slot + 1 & (table.length - 1);
    }
    return slot;
  }

  private boolean isAt(int entry, long high, long low) {
    return entries[entry * 3] == high && entries[entry * 3 + 1] == low;
  }

  /// The line in which this URL stands first, by the comparisons so far.
  long firstLine(int entry) {
    return entries[entry * 3 + 2];
  }

  /// Compares with the keys of an earlier part; to be called for each earlier part in order.
  void compare(byte[] keys) {
    var earlier = ByteBuffer.wrap(keys);
    while (earlier.remaining() >= KEY_BYTES && !isFull()) {
      var high = earlier.getLong();
      var low = earlier.getLong();
      var line = earlier.getLong();
      var entry = table[slot(high, low)];
      if (entry != 0) {
        entries[(entry - 1) * 3 + 2] = line;
      }
      compared++;
    }
  }

  /// Whether so many URLs were compared that no more will be.
  boolean isFull() {
    return compared >= MOST;
  }

  /// The keys of the URLs that no earlier part has, for a plan.
  ///
  /// @param firstLine of this part
  String newKeys(long firstLine) {
    var keys = ByteBuffer.allocate(size * KEY_BYTES);
    for (var entry = 0; entry < size; entry++) {
      if (firstLine(entry) >= firstLine) {
        keys.putLong(entries[entry * 3]).putLong(entries[entry * 3 + 1]).putLong(firstLine(entry));
      }
    }
    return Base64.getEncoder().encodeToString(Arrays.copyOf(keys.array(), keys.position()));
  }
}
