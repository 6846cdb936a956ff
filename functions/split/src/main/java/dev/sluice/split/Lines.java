package dev.sluice.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads physical lines: LF or CRLF ends a line (a bare CR does not), and a byte-order mark at the
/// very beginning is skipped. Memory is bounded by [#MAX_BYTES] whatever a line's length.
final class Lines {
  /// The most bytes of a line; a longer one is bad.
  static final int MAX_BYTES = 8 * 1024;

  /// A physical line.
  ///
  /// @param text without white space around; U+FFFD where it is not UTF-8
  /// @param wrong why the line is bad, or null
  record Line(String text, @Nullable String wrong) {
    /// Blank lines and comments get no row, whatever bytes a comment has.
    boolean isAccepted() {
      return !text.startsWith("#") && (wrong != null || !text.isEmpty());
    }
  }

  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private final byte[] line = new byte[MAX_BYTES + 1];
  private int at;
  private int end;
  private long offset;

  /// @param in positioned at `offset`, the beginning of a line
  Lines(InputStream in, long offset) {
    this.in = in;
    this.offset = offset;
  }

  /// Bytes before the next line.
  long offset() {
    return offset;
  }

  /// The next line; null at the end.
  @Nullable Line next() throws IOException {
    var first = offset == 0;
    var kept = 0;
    long length = 0;
    var any = false;
    for (var b = read(); b >= 0; b = read()) {
      any = true;
      if (b == '\n') {
        return line(kept, length, first);
      }
      length++;
      if (kept < line.length) {
        line[kept++] = (byte) b;
      }
    }
    return any ? line(kept, length, first) : null;
  }

  /// Whether nothing follows.
  boolean isAtEnd() throws IOException {
    return at == end && !fill();
  }

  private int read() throws IOException {
    if (at == end && !fill()) {
      return -1;
    }
    offset++;
    return buffer[at++] & 0xff;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  private Line line(int kept, long length, boolean first) {
    var from = first && kept >= 3 && beginsWithAMark() ? 3 : 0;
    if (length > MAX_BYTES) {
      var shown = new String(line, from, MAX_BYTES - from, UTF_8);
      return new Line(
          shown.strip(), "a line must have at most " + MAX_BYTES + " bytes, got " + length);
    }
    var to = kept > from && line[kept - 1] == '\r' ? kept - 1 : kept;
    try {
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(line, from, to - from)).toString();
      return new Line(text.strip(), null);
    } catch (CharacterCodingException notUtf8) {
      var shown = new String(Arrays.copyOfRange(line, from, to), UTF_8);
      return new Line(shown.strip(), "a line must be UTF-8, got \"" + shown.strip() + "\"");
    }
  }

  private boolean beginsWithAMark() {
    return line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF;
  }
}
