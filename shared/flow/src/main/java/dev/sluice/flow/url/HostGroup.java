package dev.sluice.flow.url;

import static java.nio.charset.StandardCharsets.UTF_8;

import crawlercommons.domains.EffectiveTldFinder;
import dev.sluice.flow.Sha256;
import java.nio.ByteBuffer;

/// The host group of a host: a number below the deployment's constant. Hosts of one registrable
/// domain are in one host group, whatever job, part or function asks.
public final class HostGroup {
  private HostGroup() {}

  /// The number of a URL's host group, from 0. It stays the same as long as `hostGroups` and the
  /// public suffix list do.
  ///
  /// @throws IllegalArgumentException if there is no host group
  public static int of(WebUrl url, int hostGroups) {
    if (hostGroups < 1) {
      throw new IllegalArgumentException("hostGroups must be at least 1, got " + hostGroups);
    }
    return (int) Long.remainderUnsigned(hash(key(url)), hostGroups);
  }

  /// The text that is hashed: the registrable domain by the public suffix list (with its private
  /// section: `a.github.io` is a domain of its own). An address, a public suffix, and a name under
  /// a suffix that the list does not know stand for themselves.
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
    return ByteBuffer.wrap(Sha256.digest().digest(key.getBytes(UTF_8))).getLong();
  }
}
