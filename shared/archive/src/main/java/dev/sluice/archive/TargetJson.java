package dev.sluice.archive;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.flow.Target;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/// The JSON of a target without the fields that have their default. Most targets have nothing but a
/// line and a URL, and they are most of a message and of a plan.
final class TargetJson {
  private TargetJson() {}

  static void write(Target target, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeNumberField("line", target.line());
    out.writeStringField("url", target.url());
    if (!target.listed().equals(target.url())) {
      out.writeStringField("listed", target.listed());
    }
    if (target.attempts() > 0) {
      out.writeNumberField("attempts", target.attempts());
    }
    if (!target.redirects().isEmpty()) {
      out.writeArrayFieldStart("redirects");
      for (var redirect : target.redirects()) {
        out.writeString(redirect);
      }
      out.writeEndArray();
    }
    if (target.deferrals() > 0) {
      out.writeNumberField("deferrals", target.deferrals());
    }
    if (target.retries() != Target.NOT_SHARED) {
      out.writeNumberField("retries", target.retries());
    }
    if (target.allowedUntil() != null) {
      out.writeStringField("allowedUntil", target.allowedUntil().toString());
    }
    out.writeEndObject();
  }

  /// The target in an object.
  ///
  /// @throws IllegalArgumentException if the object holds no target; names the field
  static Target read(JsonNode node) {
    var line = node.path("line");
    if (!line.isIntegralNumber() || !line.canConvertToLong()) {
      throw wrong("line", "a whole number", line);
    }
    var url = text("url", node.path("url"));
    var redirects = new ArrayList<String>();
    var listed = node.has("redirects") ? node.path("redirects") : Json.object().arrayNode();
    if (!listed.isArray()) {
      throw wrong("redirects", "an array", listed);
    }
    listed.forEach(redirect -> redirects.add(text("redirects", redirect)));
    return new Target(
        line.longValue(),
        url,
        node.has("listed") ? text("listed", node.path("listed")) : url,
        number("attempts", node, 0),
        List.copyOf(redirects),
        number("deferrals", node, 0),
        number("retries", node, Target.NOT_SHARED),
        node.has("allowedUntil") ? instant("allowedUntil", node.path("allowedUntil")) : null);
  }

  private static String text(String name, JsonNode value) {
    if (!value.isTextual()) {
      throw wrong(name, "text", value);
    }
    return value.textValue();
  }

  private static Instant instant(String name, JsonNode value) {
    try {
      return Instant.parse(text(name, value));
    } catch (DateTimeParseException unreadable) {
      throw wrong(name, "an instant", value);
    }
  }

  private static int number(String name, JsonNode node, int otherwise) {
    var value = node.path(name);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isInt()) {
      throw wrong(name, "a whole number", value);
    }
    return value.intValue();
  }

  private static IllegalArgumentException wrong(String name, String rule, JsonNode got) {
    return new IllegalArgumentException(
        "\"" + name + "\" must be " + rule + ", got " + (got.isMissingNode() ? "nothing" : got));
  }
}
