package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.flow.Web;
import dev.sluice.flow.url.Quote;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Status line and fields of a response, validated: no control character ends or splits a line.
///
/// @param isClean whether each line ended with CR LF
record ResponseHead(
    String statusLine, int minorVersion, int status, List<Web.Field> fields, boolean isClean) {
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.([01]) (\\d{3})(?: .*)?");
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /// Reads a head from its bytes, the empty line included.
  static ResponseHead parse(byte[] bytes) throws BadHttp {
    var text = new String(bytes, ISO_8859_1);
    var lines = text.split("\n", -1);
    var clean = true;
    for (var i = 0; i < lines.length - 1; i++) {
      clean &= lines[i].endsWith("\r");
      lines[i] = lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
      check(lines[i]);
    }
    var matcher = STATUS_LINE.matcher(lines[0]);
    if (!matcher.matches()) {
      throw new BadHttp("a response must begin with a status line, got " + Quote.of(lines[0]));
    }
    var status = Integer.parseInt(matcher.group(2));
    if (status < 100 || status > 599) {
      throw new BadHttp("a status must be 100 to 599, got " + status);
    }
    var fields = new ArrayList<Web.Field>();
    for (var i = 1; i < lines.length - 2; i++) {
      fields.add(field(lines[i]));
    }
    return new ResponseHead(
        lines[0], Integer.parseInt(matcher.group(1)), status, List.copyOf(fields), clean);
  }

  private static void check(String line) throws BadHttp {
    if (line.indexOf('\r') >= 0 || line.indexOf('\0') >= 0) {
      throw new BadHttp("a line of a head must not hold CR or NUL, got " + Quote.of(line));
    }
  }

  private static Web.Field field(String line) throws BadHttp {
    if (line.startsWith(" ") || line.startsWith("\t")) {
      throw new BadHttp("a field must not be folded, got " + Quote.of(line));
    }
    var colon = line.indexOf(':');
    var name = colon < 0 ? line : line.substring(0, colon);
    if (colon < 0 || !TOKEN.matcher(name).matches()) {
      throw new BadHttp("a field must be a name, a colon and a value, got " + Quote.of(line));
    }
    return new Web.Field(name, line.substring(colon + 1).strip());
  }

  /// The value of the only field of this name; null without one.
  @Nullable String only(String name) throws BadHttp {
    var values = all(name);
    if (values.size() > 1) {
      throw new BadHttp(
          "a response must have one " + name + ", got " + Quote.of(values.toString()));
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  /// The values of all fields of this name, in any case of letters.
  List<String> all(String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Web.Field::value)
        .toList();
  }

  /// The members of a comma-separated field, in lower case.
  List<String> members(String name) {
    var members = new ArrayList<String>();
    for (var value : all(name)) {
      for (var member : value.split(",", -1)) {
        if (!member.isBlank()) {
          members.add(member.strip().toLowerCase(Locale.ROOT));
        }
      }
    }
    return members;
  }

  /// Whether the server keeps the connection open: HTTP/1.1, and no `close`.
  boolean keepsAlive() {
    return isClean && minorVersion == 1 && !members("Connection").contains("close");
  }

  /// The head for the archive, where the body has `length` bytes and no transfer coding: fields
  /// that say otherwise are kept under the names that Common Crawl gives them.
  byte[] archived(long length) {
    var text = new StringBuilder(statusLine).append("\r\n");
    var saysLength = false;
    for (var field : fields) {
      var name = field.name();
      if (name.equalsIgnoreCase("Transfer-Encoding")
          || (name.equalsIgnoreCase("Content-Length") && !isLength(field.value(), length))) {
        name = "X-Crawl-" + name;
      }
      saysLength |= name.equalsIgnoreCase("Content-Length");
      text.append(name).append(": ").append(field.value()).append("\r\n");
    }
    if (!saysLength) {
      text.append("Content-Length: ").append(length).append("\r\n");
    }
    return text.append("\r\n").toString().getBytes(ISO_8859_1);
  }

  private static boolean isLength(String value, long length) {
    return value.equals(Long.toString(length));
  }
}
