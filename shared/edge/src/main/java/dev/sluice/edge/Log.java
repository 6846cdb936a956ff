package dev.sluice.edge;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.archive.Json;
import java.util.function.Consumer;

/// Writes log lines: one JSON object each, in ASCII alone, so that a stranger's text cannot end a
/// line or turn its direction.
public final class Log {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  private static final ObjectWriter WRITER =
      MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private final Consumer<String> out;

  /// @param out takes a whole line, without its end; called from any thread
  public Log(Consumer<String> out) {
    this.out = out;
  }

  /// A log on standard output, where Lambda collects it.
  public static Log standard() {
    return new Log(System.out::println);
  }

  /// The fields of a record of plain values: `tookMs` becomes `took_ms`, an enum its name in lower
  /// case, and null is left out.
  public static ObjectNode fields(Record done) {
    return MAPPER.valueToTree(done);
  }

  /// Writes one line; `level` is `info`, `warn` (someone may act) or `error`.
  public void line(String level, ObjectNode fields) {
    try {
      out.accept(WRITER.writeValueAsString(Json.object().put("level", level).setAll(fields)));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree is always JSON", impossible);
    }
  }
}
