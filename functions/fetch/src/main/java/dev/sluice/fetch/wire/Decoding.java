package dev.sluice.fetch.wire;

import dev.sluice.flow.Fault;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/// Takes the content coding off a body to learn how long it is, and no more of it than the limits
/// allow: the body is stored as it came.
///
/// @param bytes decoded, of what is kept
/// @param keptBytes of the body as received; fewer than it has when the rest would decode to more
///   than the limit
record Decoding(long bytes, long keptBytes) {
  private static final int MAX_CODINGS = 2;
  private static final long RATIO_FREE_BYTES = 1024 * 1024;
  private static final int STEP = 512;

  /// The codings of a response, those that change nothing left out.
  static List<String> codings(Head head) throws BadHttp {
    var codings =
        head.members("Content-Encoding").stream().filter(c -> !c.equals("identity")).toList();
    if (codings.size() > MAX_CODINGS) {
      throw new BadHttp("there must be at most 2 content codings, got " + codings.size());
    }
    return codings;
  }

  /// Reads the whole body; blocks, and computes.
  static Decoding of(Spool body, List<String> codings, Limits limits) throws IOException, BadHttp {
    if (codings.isEmpty() || !codings.stream().allMatch(Decoding::isKnown)) {
      return new Decoding(body.length(), body.length());
    }
    var read = new Counting(body.open());
    var decoded = 0L;
    try (var in = decoded(read, codings)) {
      var buffer = new byte[16 * 1024];
      for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        decoded += n;
        checkRatio(decoded, read.bytes, limits);
        if (decoded > limits.maxBodyBytes()) {
          return new Decoding(limits.maxBodyBytes(), read.bytes);
        }
      }
    } catch (IOException notThatCoding) {
      // A wrong or cut coding is what the server sent: it is stored as it is, and counted so far.
      return new Decoding(decoded, body.length());
    }
    return new Decoding(decoded, body.length());
  }

  private static void checkRatio(long decoded, long raw, Limits limits) throws BadHttp {
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

  private static boolean isKnown(String coding) {
    return coding.equals("gzip") || coding.equals("x-gzip") || coding.equals("deflate");
  }

  private static InputStream decoded(InputStream body, List<String> codings) throws IOException {
    var in = body;
    for (var coding : codings.reversed()) {
      in = coding.equals("deflate") ? inflated(in) : new GZIPInputStream(in, STEP);
    }
    return in;
  }

  /// Says `deflate`, and may be with the zlib header (RFC 9110) or without.
  private static InputStream inflated(InputStream body) throws IOException {
    var in = new BufferedInputStream(body, STEP);
    in.mark(2);
    var first = in.read();
    var second = in.read();
    in.reset();
    var zlib = (first & 0x0f) == 8 && ((first << 8) | second) % 31 == 0;
    return new InflaterInputStream(in, new Inflater(!zlib), STEP) {
      @Override
      public void close() throws IOException {
        inf.end();
        super.close();
      }
    };
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
