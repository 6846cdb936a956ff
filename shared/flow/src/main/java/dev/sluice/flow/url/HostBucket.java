package dev.sluice.flow.url;

import static java.nio.charset.StandardCharsets.UTF_8;

import crawlercommons.domains.EffectiveTldFinder;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The bucket that a host belongs to: a number below the deployment's constant. What shares a
/// registrable domain shares a bucket, whatever job, part or function asks.
public final class HostBucket {
  private HostBucket() {}

  /// Counted from 0. The same for ever while `buckets` and the public suffix list stand.
  ///
  /// @throws IllegalArgumentException if there is no bucket
  public static int of(WebUrl url, int buckets) {
    if (buckets < 1) {
      throw new IllegalArgumentException("buckets must be at least 1, got " + buckets);
    }
    return (int) Long.remainderUnsigned(hash(key(url)), buckets);
  }

  /// What is hashed: the registrable domain by the public suffix list (with its private section:
  /// `a.github.io` is a domain of its own); as they are an address, a public suffix, and a name
  /// under a suffix that the list does not know.
  public static String key(WebUrl url) {
    if (url.hasAddress()) {
      return url.host();
    }
    var host =
        url.host().endsWith(".") ? url.host().substring(0, url.host().length() - 1) : url.host();
    var domain = EffectiveTldFinder.getAssignedDomain(host, false, false);
    return domain == null ? host : domain;
  }

  /// SHA-256, for it is spread evenly and the same everywhere; nothing here is secret.
  private static long hash(String key) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException never) {
      throw new IllegalStateException("every JVM has SHA-256", never);
    }
  }
}
