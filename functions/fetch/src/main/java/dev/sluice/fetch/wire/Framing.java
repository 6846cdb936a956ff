package dev.sluice.fetch.wire;

import dev.sluice.flow.url.Quote;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Finds the end of a body (RFC 9112, section 6.3). Stricter than the RFC: a length must stand
/// once, and not beside a transfer coding.
abstract sealed class Framing {
  /// Consumes bytes of the body from `in`.
  ///
  /// @return the next part of the body; null when `in` has none
  abstract @Nullable ByteBuffer next(ByteBuffer in) throws BadHttp;

  /// Whether the whole body was consumed.
  abstract boolean isDone();

  /// Whether the end of the connection is the end of the body.
  boolean endsWithConnection() {
    return false;
  }

  static Framing of(ResponseHead head) throws BadHttp {
    var coding = head.only("Transfer-Encoding");
    var length = head.only("Content-Length");
    if (coding != null && length != null) {
      throw new BadHttp(
          "a response must not have both Transfer-Encoding and Content-Length, got "
              + Quote.of(coding)
              + " and "
              + Quote.of(length));
    }
    if (coding != null && (!coding.equalsIgnoreCase("chunked") || head.minorVersion() == 0)) {
      throw new BadHttp("a transfer coding must be chunked, in HTTP/1.1, got " + Quote.of(coding));
    }
    var counted = length == null ? 0 : length(length);
    if (head.status() == 204 || head.status() == 304) {
      return new Counted(0);
    }
    if (coding != null) {
      return new Chunked();
    }
    return length == null ? new UntilClose() : new Counted(counted);
  }

  private static long length(String value) throws BadHttp {
    if (!value.matches("\\d{1,18}")) {
      throw new BadHttp(
          "Content-Length must be a number of up to 18 digits, got " + Quote.of(value));
    }
    return Long.parseLong(value);
  }

  static final class Counted extends Framing {
    private long left;

    Counted(long length) {
      left = length;
    }

    @Override
    @Nullable ByteBuffer next(ByteBuffer in) {
      var part = part(in, left);
      left -= part == null ? 0 : part.remaining();
      return part;
    }

    @Override
    boolean isDone() {
      return left == 0;
    }
  }

  static final class UntilClose extends Framing {
    @Override
    @Nullable ByteBuffer next(ByteBuffer in) {
      return part(in, Long.MAX_VALUE);
    }

    @Override
    boolean isDone() {
      return false;
    }

    @Override
    boolean endsWithConnection() {
      return true;
    }
  }

  /// A body in chunks (RFC 9112, section 7.1); each line must end with CR LF.
  static final class Chunked extends Framing {
    private static final int MAX_LINE = 4096;
    private static final int MAX_TRAILER_LINES = 100;

    private enum ChunkPart {
      SIZE,
      DATA,
      DATA_END,
      TRAILER,
      DONE
    }

    private final StringBuilder line = new StringBuilder();
    private ChunkPart at = ChunkPart.SIZE;
    private long left;
    private int trailerLines;

    @Override
    @Nullable ByteBuffer next(ByteBuffer in) throws BadHttp {
      while (in.hasRemaining() && at != ChunkPart.DONE) {
        if (at == ChunkPart.DATA) {
          var part = part(in, left);
          left -= part == null ? 0 : part.remaining();
          at = left == 0 ? ChunkPart.DATA_END : ChunkPart.DATA;
          return part;
        }
        if (endsLine(in.get())) {
          readLine(line.toString());
          line.setLength(0);
        }
      }
      return null;
    }

    private boolean endsLine(byte b) throws BadHttp {
      var length = line.length();
      if (b == '\n' && length > 0 && line.charAt(length - 1) == '\r') {
        line.setLength(length - 1);
        return true;
      }
      if (b == '\n'
          || b == 0
          || length == MAX_LINE
          || (length > 0 && line.charAt(length - 1) == '\r')) {
        throw new BadHttp(
            "a line between chunks must end with CR LF within 4096 bytes and hold no NUL, got "
                + Quote.of(line.toString()));
      }
      line.append((char) (b & 0xff));
      return false;
    }

    private void readLine(String text) throws BadHttp {
      switch (at) {
        case SIZE -> readSize(text);
        case DATA_END -> {
          if (!text.isEmpty()) {
            throw new BadHttp("a chunk must end where its size says, got " + Quote.of(text));
          }
          at = ChunkPart.SIZE;
        }
        case TRAILER -> {
          if (++trailerLines > MAX_TRAILER_LINES) {
            throw new BadHttp("a trailer must have at most " + MAX_TRAILER_LINES + " lines");
          }
          at = text.isEmpty() ? ChunkPart.DONE : ChunkPart.TRAILER;
        }
        case DATA, DONE -> throw new IllegalStateException("no line is read " + at);
      }
    }

    private void readSize(String text) throws BadHttp {
      var semicolon = text.indexOf(';');
      var digits = (semicolon < 0 ? text : text.substring(0, semicolon)).strip();
      if (!digits.matches("[0-9A-Fa-f]{1,15}")) {
        throw new BadHttp(
            "a chunk's size must be up to 15 hexadecimal digits, got " + Quote.of(text));
      }
      left = Long.parseLong(digits, 16);
      at = left == 0 ? ChunkPart.TRAILER : ChunkPart.DATA;
    }

    @Override
    boolean isDone() {
      return at == ChunkPart.DONE;
    }
  }

  private static @Nullable ByteBuffer part(ByteBuffer in, long most) {
    if (!in.hasRemaining() || most == 0) {
      return null;
    }
    var length = (int) Math.min(in.remaining(), most);
    var part = in.slice(in.position(), length);
    in.position(in.position() + length);
    return part;
  }
}
