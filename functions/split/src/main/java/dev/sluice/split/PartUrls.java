package dev.sluice.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/// The distinct URLs of one part, and in which line of the whole list each stands first. What
/// earlier parts have passes through and is not kept, so that it stays small however many they are.
/// One owner.
final class PartUrls {
  /// So many distinct URLs of earlier parts are compared with.
  static final int MOST = 2_000_000;

  /// A key is 128 bits of the URL and its line.
  private static final int KEY_BYTES = 24;

  private final MessageDigest digest = sha256();

  /// Two words of the URL, then its line.
  private long[] entries = new long[3 * 1024];

  /// Entries by their first word, plus one; 0 where there is none. Twice as long as they are.
  private int[] table = new int[2 * 1024];

  private int size;
  private int compared;

  /// The number of this URL; a new one stands in this line first.
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

  /// The place of the key, or the free one where it belongs.
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

  /// The line in which this URL stands first, as far as it was compared.
  long firstLine(int entry) {
    return entries[entry * 3 + 2];
  }

  /// Compares with the keys of an earlier part; to be called for each, the first one first.
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

  /// Whether so many were compared with that no more will be.
  boolean isFull() {
    return compared >= MOST;
  }

  /// The keys of those that no earlier part has, for a plan.
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

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException never) {
      throw new IllegalStateException("every JVM has SHA-256", never);
    }
  }
}
