package dev.sluice.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Row;
import dev.sluice.flow.Took;
import dev.sluice.flow.Visit;
import java.time.Instant;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// A row as one flat JSON object, in the columns and the order that users know. The metadata
/// records of an archive hold those columns that are known before the archive is read back.
public final class RowJson {
  private RowJson() {}

  /// The columns of a line's ending.
  static ObjectNode write(Ending ending) {
    var node = Json.object().put("outcome", ending.outcome());
    return switch (ending) {
      case Ending.Stored() -> node.putNull("fault").putNull("detail");
      case Ending.Failed(var fault, var detail) ->
          node.put("fault", fault.code()).put("detail", detail);
      case Ending.Refused(var fault, var detail) ->
          node.put("fault", fault.code()).put("detail", detail);
      case Ending.Duplicate(var ofLine) ->
          node.putNull("fault").put("detail", "repeats line " + ofLine);
    };
  }

  /// The columns of a visit.
  public static ObjectNode write(Visit visit) {
    var node = Json.object();
    node.put("line", visit.line()).put("url", visit.url());
    node.setAll(write(visit.ending()));
    node.put("attempts", visit.attempts()).put("url_final", visit.urlFinal());
    visit.redirects().forEach(node.putArray("redirects")::add);
    node.put("fetch_time", visit.fetchTime() == null ? null : visit.fetchTime().toString());
    node.put("fetch_status", visit.fetchStatus()).put("ip", visit.ip());
    var took = visit.took();
    node.putObject("took_ms")
        .put("dns", took.dns())
        .put("connect", took.connect())
        .put("tls", took.tls())
        .put("first_byte", took.firstByte())
        .put("body", took.body())
        .put("total", took.total());
    node.put("bytes_wire", visit.bytesWire()).put("bytes_body", visit.bytesBody());
    node.put("content_mime_type", visit.contentMimeType());
    node.put("content_charset", visit.contentCharset());
    node.put("content_digest", visit.contentDigest());
    node.put("content_truncated", visit.contentTruncated());
    return node;
  }

  /// All columns of a row.
  public static ObjectNode write(Row row) {
    var node = write(row.visit());
    var place = row.place();
    node.put("warc_filename", place == null ? null : place.warcFilename());
    node.put("warc_record_offset", place == null ? null : place.warcRecordOffset());
    node.put("warc_record_length", place == null ? null : place.warcRecordLength());
    var page = row.page();
    node.put("title", page == null ? null : page.title());
    node.put("links", page == null ? null : page.links());
    node.put("text_length", page == null ? null : page.textLength());
    return node;
  }

  /// The visit in an object of [#write(Visit)] or [#write(Row)].
  ///
  /// @throws IllegalArgumentException if a column is missing or wrong; names it
  public static Visit visit(JsonNode node) {
    var redirects = new ArrayList<String>();
    node.path("redirects").forEach(url -> redirects.add(url.asText()));
    var took = node.path("took_ms");
    var time = text(node, "fetch_time");
    return new Visit(
        number(node, "line"),
        required(node, "url"),
        ending(node),
        (int) number(node, "attempts"),
        text(node, "url_final"),
        redirects,
        time == null ? null : Instant.parse(time),
        count(node, "fetch_status"),
        text(node, "ip"),
        new Took(
            count(took, "dns"),
            count(took, "connect"),
            count(took, "tls"),
            count(took, "first_byte"),
            count(took, "body"),
            count(took, "total")),
        number(node, "bytes_wire"),
        number(node, "bytes_body"),
        text(node, "content_mime_type"),
        text(node, "content_charset"),
        text(node, "content_digest"),
        text(node, "content_truncated"));
  }

  /// The ending in these columns.
  ///
  /// @throws IllegalArgumentException if a column is missing or wrong; names it
  static Ending ending(JsonNode node) {
    var outcome = required(node, "outcome");
    var detail = String.valueOf(text(node, "detail"));
    var fault = text(node, "fault");
    return switch (outcome) {
      case "stored" -> new Ending.Stored();
      case "duplicate" -> new Ending.Duplicate(line(detail));
      case "failed" -> {
        if (fault != null && Fault.of(fault) instanceof Fault.Failed failed) {
          yield new Ending.Failed(failed, detail);
        }
        throw new IllegalArgumentException("\"fault\" must be one of a failed row, got " + fault);
      }
      case "refused" -> {
        if (fault != null && Fault.of(fault) instanceof Fault.Refused refused) {
          yield new Ending.Refused(refused, detail);
        }
        throw new IllegalArgumentException("\"fault\" must be one of a refused row, got " + fault);
      }
      default -> throw new IllegalArgumentException("no such \"outcome\": " + outcome);
    };
  }

  private static long line(String detail) {
    return Long.parseLong(detail.substring(detail.lastIndexOf(' ') + 1));
  }

  private static String required(JsonNode node, String name) {
    var value = text(node, name);
    if (value == null) {
      throw new IllegalArgumentException("\"" + name + "\" is missing");
    }
    return value;
  }

  private static @Nullable String text(JsonNode node, String name) {
    var value = node.path(name);
    return value.isTextual() ? value.textValue() : null;
  }

  private static @Nullable Integer count(JsonNode node, String name) {
    var value = node.path(name);
    return value.isNumber() ? value.intValue() : null;
  }

  private static long number(JsonNode node, String name) {
    var value = node.path(name);
    if (!value.isIntegralNumber()) {
      throw new IllegalArgumentException("\"" + name + "\" must be a whole number, got " + value);
    }
    return value.longValue();
  }
}
