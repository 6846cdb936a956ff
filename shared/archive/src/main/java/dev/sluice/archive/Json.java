package dev.sluice.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.InjectableValues;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.sluice.flow.Ending;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.Message;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The JSON of messages, rows, plans and ledgers.
///
/// A message carries its version and its type beside its fields. Reading is strict: an unknown
/// version, an unknown type, a missing or null field and a value of the wrong type are refused by
/// name. Unknown fields are ignored, so that a version may grow; the fields that it grew by may be
/// missing, for messages that were written before are still under way.
public final class Json {
  private static final int VERSION = 1;

  /// Fields that were added to version 1. A message without one was written before, and reads as
  /// zero or null.
  private static final Map<Class<?>, Set<String>> GREW =
      Map.of(
          SplitTask.Part.class, Set.of("idleTurns", "fedAgain", "gaveUp"),
          SplitTask.Leftovers.class, Set.of("fedAgain", "gaveUp"),
          FetchTask.class, Set.of("gaveUp"),
          ReportTask.Rebuild.class, Set.of("fedAgain"));

  private static final String ZERO = "zero";
  private static final String NONE = "none";

  static final ObjectMapper MAPPER = mapper();

  private static final Map<String, Class<? extends Message>> TYPES =
      Map.of(
          "split_part", SplitTask.Part.class,
          "split_leftovers", SplitTask.Leftovers.class,
          "fetch", FetchTask.class,
          "extract", ExtractTask.class,
          "planned", ReportTask.Planned.class,
          "rows_stored", ReportTask.RowsStored.class,
          "held_back", ReportTask.HeldBack.class,
          "rebuild", ReportTask.Rebuild.class);
  private static final Map<Class<? extends Message>, String> NAMES =
      TYPES.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

  /// Characters that a body of SQS or UTF-8 may not hold and that Jackson does not escape: half a
  /// surrogate pair, U+FFFE and U+FFFF.
  private static final Pattern NO_CHARACTER = Pattern.compile("[\\p{Cs}\\x{fffe}\\x{ffff}]");

  private Json() {}

  /// The body of a message, whatever its texts hold, in characters that SQS takes: those of XML 1.0
  /// (`SendMessage` in the API reference of SQS).
  public static String write(Message message) {
    // A message is an object of one field at least.
    var fields = text(message).substring(1);
    return "{\"v\":" + VERSION + ",\"type\":\"" + NAMES.get(message.getClass()) + "\"," + fields;
  }

  private static String text(Object ours) {
    try {
      // Outside its texts JSON has no such character, so all can be replaced alike.
      return NO_CHARACTER
          .matcher(MAPPER.writeValueAsString(ours))
          .replaceAll(found -> "\\\\u" + HexFormat.of().toHexDigits(found.group().charAt(0)));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a record of ours is always JSON", impossible);
    }
  }

  /// The message in a body.
  ///
  /// @throws IllegalArgumentException if the body is no message, or none of this kind; names the
  ///   field
  public static <M extends Message> M read(Class<M> kind, String body) {
    var node = tree(body);
    var version = node.path("v");
    if (!version.isInt() || version.intValue() != VERSION) {
      throw new IllegalArgumentException("\"v\" must be " + VERSION + ", got " + shown(version));
    }
    var type = TYPES.get(node.path("type").asText());
    if (type == null || !kind.isAssignableFrom(type)) {
      throw new IllegalArgumentException(
          "\"type\" must be that of a "
              + kind.getSimpleName()
              + ", got "
              + shown(node.path("type")));
    }
    return kind.cast(record(type, node));
  }

  /// A record as UTF-8 JSON.
  public static byte[] bytes(Record value) {
    return text(value).getBytes(UTF_8);
  }

  /// The record in UTF-8 JSON.
  ///
  /// @throws IllegalArgumentException if the JSON does not hold it; names the field
  public static <T extends Record> T read(Class<T> type, byte[] json) {
    try {
      return record(type, MAPPER.readTree(json));
    } catch (IOException broken) {
      throw new IllegalArgumentException("not JSON: " + firstLine(broken), broken);
    }
  }

  /// The ledger in the bytes of a job's ledger; empty if they cannot be read. It is a cache, so its
  /// readers go on as before its first entry.
  public static Optional<Ledger> ledger(byte[] state) {
    try {
      return Optional.of(read(Ledger.class, state));
    } catch (IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  /// Reads any JSON object.
  ///
  /// @throws IllegalArgumentException if the text is none
  public static JsonNode tree(String json) {
    try {
      var node = MAPPER.readTree(json);
      if (node == null || !node.isObject()) {
        throw new IllegalArgumentException("must be a JSON object, got " + shown(node));
      }
      return node;
    } catch (JsonProcessingException broken) {
      throw new IllegalArgumentException("not JSON: " + firstLine(broken), broken);
    }
  }

  /// An empty object to fill.
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static <T> T record(Class<T> type, JsonNode node) {
    try {
      var value = MAPPER.treeToValue(node, type);
      if (value == null) { // as Jackson reads nothing, and a null
        throw new IllegalArgumentException(
            type.getSimpleName() + " must be a JSON object, got " + shown(node));
      }
      return value;
    } catch (JsonMappingException wrong) {
      var where =
          wrong.getPath().stream()
              .map(step -> step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName())
              .collect(Collectors.joining("."));
      throw new IllegalArgumentException(
          type.getSimpleName()
              + (where.isEmpty() ? "" : " \"" + where + "\"")
              + ": "
              + firstLine(wrong),
          wrong);
    } catch (JsonProcessingException wrong) {
      throw new IllegalArgumentException(type.getSimpleName() + ": " + firstLine(wrong), wrong);
    }
  }

  private static String firstLine(Exception thrown) {
    return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
  }

  private static String shown(JsonNode node) {
    var text = String.valueOf(node);
    return text.isEmpty() ? "nothing" : text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }

  private static ObjectMapper mapper() {
    var module = new SimpleModule();
    asText(module, JobId.class, JobId::name, JobId::new);
    asText(module, TaskId.class, TaskId::name, TaskId::new);
    asText(module, Instant.class, Instant::toString, Instant::parse);
    asObject(module, Target.class, TargetJson::write, TargetJson::read);
    asObject(
        module,
        Ending.class,
        (ending, out) -> out.writeTree(RowJson.write(ending)),
        RowJson::ending);
    return JsonMapper.builder()
        .addModule(module)
        .annotationIntrospector(new ByRecord())
        .injectableValues(new InjectableValues.Std(nothing()))
        .withCoercionConfig(
            LogicalType.Textual,
            text ->
                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .build();
  }

  /// The values that stand for fields that a version grew by.
  private static Map<String, @Nullable Object> nothing() {
    var values = new HashMap<String, @Nullable Object>();
    values.put(ZERO, 0);
    values.put(NONE, null);
    return values;
  }

  private static <T> void asText(
      SimpleModule module, Class<T> type, Function<T, String> write, Function<String, T> read) {
    module.addSerializer(
        type,
        new JsonSerializer<T>() {
          @Override
          public void serialize(T value, JsonGenerator out, SerializerProvider provider)
              throws IOException {
            out.writeString(write.apply(value));
          }
        });
    module.addDeserializer(
        type,
        new JsonDeserializer<T>() {
          @Override
          public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (!in.hasToken(JsonToken.VALUE_STRING)) {
              throw context.wrongTokenException(in, type, JsonToken.VALUE_STRING, "must be text");
            }
            var text = in.getText();
            try {
              return read.apply(text);
            } catch (RuntimeException wrong) {
              throw context.weirdStringException(text, type, String.valueOf(wrong.getMessage()));
            }
          }
        });
  }

  @FunctionalInterface
  private interface Writer<T> {
    void write(T value, JsonGenerator out) throws IOException;
  }

  private static <T> void asObject(
      SimpleModule module, Class<T> type, Writer<T> write, Function<JsonNode, T> read) {
    module.addSerializer(
        type,
        new JsonSerializer<T>() {
          @Override
          public void serialize(T value, JsonGenerator out, SerializerProvider provider)
              throws IOException {
            write.write(value, out);
          }
        });
    module.addDeserializer(
        type,
        new JsonDeserializer<T>() {
          @Override
          public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            var node = context.readTree(in);
            try {
              return read.apply(node);
            } catch (RuntimeException wrong) {
              throw context.weirdStringException(
                  node.toString(), type, String.valueOf(wrong.getMessage()));
            }
          }
        });
  }

  /// Refuses a null, by name, unless the component is marked as nullable. A field that a version
  /// grew by may be missing.
  private static final class ByRecord extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public JacksonInject.@Nullable Value findInjectableValue(AnnotatedMember member) {
      if (member instanceof AnnotatedParameter parameter) {
        var record = parameter.getDeclaringClass();
        var grew = GREW.getOrDefault(record, Set.of());
        var components = record.getRecordComponents();
        if (!grew.isEmpty()
            && ((Constructor<?>) parameter.getOwner().getMember()).getParameterCount()
                == components.length
            && grew.contains(components[parameter.getIndex()].getName())) {
          var nothing = components[parameter.getIndex()].getType() == int.class ? ZERO : NONE;
          return JacksonInject.Value.construct(
              nothing, true, false); // a field that is there counts
        }
      }
      return super.findInjectableValue(member);
    }

    @Override
    public JsonSetter.Value findSetterInfo(Annotated member) {
      if (member instanceof AnnotatedParameter parameter
          && parameter.getOwner().getMember() instanceof Constructor<?> constructor
          && constructor.getDeclaringClass().isRecord()) {
        var type = constructor.getAnnotatedParameterTypes()[parameter.getIndex()];
        return type.isAnnotationPresent(Nullable.class)
            ? JsonSetter.Value.empty()
            : JsonSetter.Value.construct(Nulls.FAIL, Nulls.FAIL);
      }
      return super.findSetterInfo(member);
    }
  }
}
