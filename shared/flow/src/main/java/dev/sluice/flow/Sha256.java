package dev.sluice.flow;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256, which every JVM has.
public final class Sha256 {
  private Sha256() {}

  /// A new digest.
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException never) {
      throw new IllegalStateException("every JVM has SHA-256", never);
    }
  }

  /// The first bytes of the digest of these bytes, in hexadecimal.
  ///
  /// @param length of the digest, in bytes
  public static String hex(byte[] bytes, int length) {
    return HexFormat.of().formatHex(digest().digest(bytes), 0, length);
  }
}
