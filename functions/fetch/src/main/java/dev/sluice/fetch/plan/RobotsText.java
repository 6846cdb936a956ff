package dev.sluice.fetch.plan;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/// Makes a text of a file that the parser reads in a time that grows with its length.
///
/// The parser takes the tags out of lines of HTML by an expression that looks for the end of each
/// `<` anew: a line of 512 KB of them took minutes. Here they are taken out before, in one pass.
final class RobotsText {
  /// The text is cut to so many bytes.
  static final int MAX_BYTES = 512 * 1024;

  private static final Pattern HTML =
      Pattern.compile("<(html|head|body)\\s*>", Pattern.CASE_INSENSITIVE);

  private RobotsText() {}

  /// The text in UTF-8: its first 512 KB, without the line that the cut goes through, whose
  /// beginning could forbid more than the whole line, and without tags if it is HTML.
  static byte[] of(byte[] file, String contentType) {
    var text = new String(file, 0, end(file), isUtf16(file) ? UTF_16 : UTF_8);
    var isHtml =
        contentType.toLowerCase(Locale.ROOT).startsWith("text/html") || HTML.matcher(text).find();
    return (isHtml ? withoutTags(text) : text).getBytes(UTF_8);
  }

  private static int end(byte[] file) {
    if (file.length <= MAX_BYTES) {
      return file.length;
    }
    var end = MAX_BYTES;
    while (end > 0 && file[end - 1] != '\n' && file[end - 1] != '\r') {
      end--;
    }
    return end;
  }

  private static boolean isUtf16(byte[] file) {
    var mark = Arrays.copyOf(file, 2);
    return (mark[0] == (byte) 0xfe && mark[1] == (byte) 0xff)
        || (mark[0] == (byte) 0xff && mark[1] == (byte) 0xfe);
  }

  /// Takes out each tag that ends in its line, and the `<` of each tag that does not.
  private static String withoutTags(String text) {
    var rest = new StringBuilder();
    var at = 0;
    var tagEnd = -1;
    var lineEnd = -1;
    for (var tag = text.indexOf('<'); tag >= 0; tag = text.indexOf('<', at)) {
      rest.append(text, at, tag);
      tagEnd = next(text, '>', tag, tagEnd);
      lineEnd = next(text, '\n', tag, lineEnd);
      at = tagEnd < lineEnd ? tagEnd + 1 : tag + 1;
    }
    return rest.append(text, at, text.length()).toString();
  }

  /// The next place of a character; `before` is the answer for an earlier `from`.
  private static int next(String text, char c, int from, int before) {
    if (before >= from) {
      return before;
    }
    var next = text.indexOf(c, from);
    return next < 0 ? text.length() : next;
  }
}
