package dev.sluice.fetch.wire;

import java.time.Duration;

/// The limits of one exchange, and of all exchanges together.
///
/// @param userAgent with a contact; printable ASCII
/// @param dns from the start to the addresses
/// @param connect to the open connection, over all addresses
/// @param tls of the handshake
/// @param firstByte from the request to the end of the final response's head
/// @param total of the exchange; the call's deadline may be earlier
/// @param maxBodyBytes of the body as received, and again with its content coding taken off; the
///   rest is cut
/// @param maxHeadBytes of all heads of an exchange, interim responses included
/// @param maxInterimResponses before the final one
/// @param maxRatio of the decoded body to the body as received, once it decoded to more than 1 MB
/// @param minBytesPerSecond of a body, on the average of each `rateWindow`
/// @param rateWindow how long a body may be slow
/// @param spoolMemoryBytes of all bodies in memory; a body that does not fit goes to a file
/// @param maxIdle connections kept for later, in all
/// @param maxIdlePerHost of them for one origin and address
/// @param idle how long one is kept
public record HttpLimits(
    String userAgent,
    Duration dns,
    Duration connect,
    Duration tls,
    Duration firstByte,
    Duration total,
    long maxBodyBytes,
    int maxHeadBytes,
    int maxInterimResponses,
    int maxRatio,
    long minBytesPerSecond,
    Duration rateWindow,
    long spoolMemoryBytes,
    int maxIdle,
    int maxIdlePerHost,
    Duration idle) {
  /// A body up to this length stays in memory, in bytes.
  static final int MEMORY_BODY_BYTES = 256 * 1024;

  public HttpLimits {
    if (userAgent.isBlank() || !userAgent.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "userAgent must be printable ASCII, got \"" + userAgent + "\"");
    }
    if (maxBodyBytes < 1) {
      throw new IllegalArgumentException("maxBodyBytes must be at least 1, got " + maxBodyBytes);
    }
  }

  /// 5 s to each of the addresses, the connection and the handshake; all of `total` to the first
  /// byte; heads of 64 KB; 8 interim responses; 200:1; 512 bytes a second over 5 s; 64 idle
  /// connections, 2 to a host, for 4 s.
  public static HttpLimits of(
      String userAgent, Duration total, long maxBodyBytes, long spoolMemoryBytes) {
    var five = Duration.ofSeconds(5);
    return new HttpLimits(
        userAgent,
        five,
        five,
        five,
        total,
        total,
        maxBodyBytes,
        64 * 1024,
        8,
        200,
        512,
        five,
        spoolMemoryBytes,
        64,
        2,
        Duration.ofSeconds(4));
  }
}
