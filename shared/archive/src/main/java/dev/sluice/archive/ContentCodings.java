package dev.sluice.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/// The content codings of a body (RFC 9110 section 8.4.1) in the order in which they were applied:
/// the one decoder, for pages, for robots.txt and for the count of decoded bytes.
///
/// `gzip` may have many members; bytes behind the last one that begin no other are ignored, as
/// browsers do. `deflate` may come with the zlib header, as the standard has it, or without. An
/// empty body has no coding. A name that is no registered coding, as `utf-8`, codes nothing.
public record ContentCodings(List<String> names) {
  /// The most bytes of a body between two codings: empty members of gzip inflate to nothing, so
  /// that no later limit counts them.
  static final long MAX_BETWEEN_BYTES = 16L * 1024 * 1024;

  private static final int STEP = 512;
  private static final Set<String> GZIP = Set.of("gzip", "x-gzip");
  private static final Set<String> UNREADABLE =
      Set.of(
          "aes128gcm", "br", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "zstd");

  public ContentCodings {
    names = List.copyOf(names);
  }

  /// Reads the fields `Content-Encoding` of a head.
  ///
  /// @param values of all of them, in their order
  public static ContentCodings of(List<String> values) {
    var names = new ArrayList<String>();
    for (var value : values) {
      for (var member : value.split(",", -1)) {
        var name = member.strip().toLowerCase(Locale.ROOT);
        if (isReadable(name) || UNREADABLE.contains(name)) {
          names.add(name);
        }
      }
    }
    return new ContentCodings(names);
  }

  private static boolean isReadable(String name) {
    return GZIP.contains(name) || name.equals("deflate");
  }

  /// Whether all of these codings can be taken off.
  public boolean areReadable() {
    return names.stream().allMatch(ContentCodings::isReadable);
  }

  /// The body without these codings. A read blocks as `body` does, and computes.
  ///
  /// @return a stream that closes `body`, and that fails with an `IOException` at the byte where
  ///   the body is not coded so or breaks off
  /// @throws IOException if one of them cannot be taken off
  public InputStream decode(InputStream body) throws IOException {
    var in = body;
    for (var i = names.size() - 1; i >= 0; i--) {
      in = decode(names.get(i), i == names.size() - 1 ? in : new LimitedStream(in));
    }
    return in;
  }

  private static InputStream decode(String name, InputStream body) throws IOException {
    if (!isReadable(name)) {
      throw new IOException("a content coding must be gzip or deflate, got " + name);
    }
    return GZIP.contains(name) ? new GzipMembers(body, STEP) : inflated(body);
  }

  private static InputStream inflated(InputStream body) throws IOException {
    var in = new BufferedInputStream(body, STEP);
    in.mark(2);
    var first = in.read();
    var second = in.read();
    in.reset();
    if (first < 0) {
      return in;
    }
    var zlib = (first & 0x0f) == 8 && ((first << 8) | second) % 31 == 0;
    return new InflaterInputStream(in, new Inflater(!zlib), STEP) {
      @Override
      public void close() throws IOException {
        inf.end();
        super.close();
      }
    };
  }

  private static final class LimitedStream extends CountedStream {
    LimitedStream(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      var read = super.read(into, offset, count);
      if (bytes() > MAX_BETWEEN_BYTES) {
        throw new ZipException(
            "a coded body in another coding must have at most " + MAX_BETWEEN_BYTES + " bytes");
      }
      return read;
    }
  }
}
