package dev.sluice.fetch.wire;

import dev.sluice.archive.ContentCodings;
import dev.sluice.archive.Untrusted;
import dev.sluice.flow.Fault;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// The length of a body without its content coding, which is taken off no further than the limits
/// allow. The body is stored as it came.
///
/// @param bytes of the part that is kept, decoded
/// @param keptBytes of the same part as received; fewer than the body has when the rest would
///   decode to more than the limit
record Decoding(long bytes, long keptBytes) {
  private static final int MAX_CODINGS = 2;
  private static final long RATIO_FREE_BYTES = 1024 * 1024;

  /// The codings of a response.
  static ContentCodings codings(ResponseHead head) throws BadHttp {
    var codings = ContentCodings.of(head.all("Content-Encoding"));
    if (codings.names().size() > MAX_CODINGS) {
      throw new BadHttp("there must be at most 2 content codings, got " + codings.names().size());
    }
    return codings;
  }

  /// Reads the whole body; blocks, and computes.
  static Decoding of(Spool body, ContentCodings codings, HttpLimits limits)
      throws IOException, BadHttp {
    if (codings.names().isEmpty() || !codings.areReadable()) {
      return new Decoding(body.length(), body.length());
    }
    var source = new Untrusted.OwnStream(body.open());
    var read = new Counting(source);
    var decoded = new AtomicLong();
    try {
      return Untrusted.read(() -> decoded(read, codings, limits, body.length(), decoded));
    } catch (IOException notThatCoding) {
      source.check();
      // The server sent a wrong or cut coding: it is stored as it is, and counted so far.
      return new Decoding(decoded.get(), body.length());
    }
  }

  private static Decoding decoded(
      Counting read, ContentCodings codings, HttpLimits limits, long length, AtomicLong decoded)
      throws IOException, BadHttp {
    try (var in = codings.decode(read)) {
      var buffer = new byte[16 * 1024];
      for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        checkRatio(decoded.addAndGet(n), read.bytes, limits);
        if (decoded.get() > limits.maxBodyBytes()) {
          return new Decoding(limits.maxBodyBytes(), read.bytes);
        }
      }
      return new Decoding(decoded.get(), length);
    }
  }

  private static void checkRatio(long decoded, long raw, HttpLimits limits) throws BadHttp {
    if (decoded > RATIO_FREE_BYTES && decoded / Math.max(1, raw) > limits.maxRatio()) {
      throw new BadHttp(
          Fault.Failed.TOO_LARGE,
          String.format(
              Locale.ROOT,
              "a body must not decode to more than %d times its length, got %d bytes from %d",
              limits.maxRatio(),
              decoded,
              raw));
    }
  }

  private static final class Counting extends FilterInputStream {
    private long bytes;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      var b = super.read();
      bytes += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      var n = super.read(into, offset, count);
      bytes += Math.max(0, n);
      return n;
    }
  }
}
