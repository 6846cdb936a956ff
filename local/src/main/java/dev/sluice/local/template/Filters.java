package dev.sluice.local.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import software.amazon.event.ruler.Machine;

/// The filter criteria of a mapping: which messages a function gets.
///
/// A message passes if any of the patterns matches its body. What the patterns mean is decided by
/// Event Ruler, the library behind EventBridge's patterns, whose syntax Lambda's are. It knows more
/// than Lambda does for SQS: what Lambda's guide does not list is refused by name, as it would be
/// on AWS. Without patterns every message passes. Any thread.
public final class Filters {
  /// The most that a quota allows; 5 without asking.
  private static final int MOST_FILTERS = 10;

  private static final int MOST_PATTERN_CHARACTERS = 4_096;

  private static final String KNOWN =
      "prefix, suffix, equals-ignore-case, numeric, exists and anything-but";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /// Every message passes.
  public static final Filters NONE = new Filters(List.of(), machine(), machine());

  private final List<String> patterns;
  private final Machine ofText;
  private final Machine ofJson;

  private Filters(List<String> patterns, Machine ofText, Machine ofJson) {
    this.patterns = patterns;
    this.ofText = ofText;
    this.ofJson = ofJson;
  }

  /// Reads the patterns of a mapping.
  ///
  /// @param patterns each the JSON of one filter
  /// @param where of whom they are, for messages
  /// @throws IllegalArgumentException if one is not valid, or uses what Lambda does not know for
  ///   SQS; names it
  static Filters of(List<String> patterns, String where) {
    if (patterns.isEmpty()) {
      return NONE;
    }
    if (patterns.size() > MOST_FILTERS) {
      throw refused(where, "at most " + MOST_FILTERS + " filters, got " + patterns.size());
    }
    var ofText = machine();
    var ofJson = machine();
    for (var pattern : patterns) {
      try {
        var body = body(pattern, where);
        check(body, where);
        (body.isArray() ? ofText : ofJson).addRule(pattern, pattern);
      } catch (IOException invalid) {
        throw refused(where, firstLine(invalid) + ", in " + pattern);
      }
    }
    return new Filters(List.copyOf(patterns), ofText, ofJson);
  }

  /// Whether a message with this body is for the function.
  ///
  /// A pattern for text never matches a body that is a JSON object or array, and the other way
  /// round.
  public boolean pass(String body) {
    if (patterns.isEmpty()) {
      return true;
    }
    var event = JSON.createObjectNode();
    var json = json(body);
    return json.isPresent()
        ? !ofJson.rulesForJSONEvent(event.set("body", json.get())).isEmpty()
        : !ofText.rulesForJSONEvent(event.put("body", body)).isEmpty();
  }

  private static Machine machine() {
    return Machine.builder().build();
  }

  private static Optional<JsonNode> json(String body) {
    try {
      return Optional.ofNullable(JSON.readTree(body)).filter(JsonNode::isContainerNode);
    } catch (JsonProcessingException text) {
      return Optional.empty();
    }
  }

  /// The pattern of the body, the one key that Lambda filters by.
  private static JsonNode body(String pattern, String where) throws JsonProcessingException {
    if (pattern.length() > MOST_PATTERN_CHARACTERS) {
      throw refused(
          where,
          "a pattern has at most "
              + MOST_PATTERN_CHARACTERS
              + " characters, got "
              + pattern.length());
    }
    var root = JSON.readTree(pattern);
    if (!root.isObject() || root.isEmpty()) {
      throw refused(where, "a pattern must be an object with \"body\", got " + pattern);
    }
    for (var key : root.properties()) {
      if (!key.getKey().equals("body")) {
        throw refused(where, "of SQS only \"body\" is filtered by, got \"" + key.getKey() + "\"");
      }
    }
    return root.path("body");
  }

  private static void check(JsonNode node, String where) {
    if (node.isArray()) {
      node.forEach(rule -> checkRule(rule, where));
    } else if (node.isObject()) {
      for (var field : node.properties()) {
        if (field.getKey().equals("$or") && field.getValue().isArray()) {
          field.getValue().forEach(choice -> check(choice, where));
        } else {
          check(field.getValue(), where);
        }
      }
    } else {
      throw refused(where, "what a field may be must be a list, got " + node);
    }
  }

  private static void checkRule(JsonNode rule, String where) {
    if (rule.isValueNode()) {
      return;
    }
    if (!rule.isObject() || rule.size() != 1) {
      throw refused(where, "a rule must be a value or one operator, got " + rule);
    }
    var operator = rule.properties().iterator().next();
    var value = operator.getValue();
    var fine =
        switch (operator.getKey()) {
          case "prefix", "suffix", "equals-ignore-case" -> value.isTextual();
          case "exists" -> value.isBoolean();
          case "numeric" -> value.isArray();
          case "anything-but" -> isTextOrNumber(value) || isListOfThose(value);
          default ->
              throw refused(where, "operator \"" + operator.getKey() + "\" is not among " + KNOWN);
        };
    if (!fine) {
      throw refused(where, "\"" + operator.getKey() + "\" cannot be of " + value);
    }
  }

  private static boolean isListOfThose(JsonNode value) {
    return value.isArray()
        && !value.isEmpty()
        && value.valueStream().allMatch(Filters::isTextOrNumber);
  }

  private static boolean isTextOrNumber(JsonNode value) {
    return value.isTextual() || value.isNumber();
  }

  private static IllegalArgumentException refused(String where, String why) {
    return new IllegalArgumentException("template: filter of " + where + ": " + why);
  }

  private static String firstLine(IOException invalid) {
    return String.valueOf(invalid.getMessage()).lines().findFirst().orElse("not valid");
  }

  /// The patterns as the template has them.
  @Override
  public String toString() {
    return patterns.toString();
  }
}
