package dev.sluice.local.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The values of nodes: texts, numbers, and the functions of CloudFormation that the template uses.
final class Intrinsics {
  private final Map<String, String> parameters;
  private final Map<String, Object> conditions;
  private final Map<String, Template.Queue> queues;
  private final Template.@Nullable Places places;

  Intrinsics(Map<String, String> parameters, Map<String, Object> conditions) {
    this(parameters, conditions, Map.of(), null);
  }

  private Intrinsics(
      Map<String, String> parameters,
      Map<String, Object> conditions,
      Map<String, Template.Queue> queues,
      Template.@Nullable Places places) {
    this.parameters = parameters;
    this.conditions = conditions;
    this.queues = queues;
    this.places = places;
  }

  /// The same, with the queues and the bucket that references name.
  Intrinsics at(Template.Places there, Map<String, Template.Queue> known) {
    return new Intrinsics(parameters, conditions, known, there);
  }

  /// @throws IllegalArgumentException if the node has no value here; says where
  String text(@Nullable Object node, String where) {
    var text = textOrNull(node);
    if (text == null) {
      throw new IllegalArgumentException("template: a value is missing in " + where);
    }
    return text;
  }

  @Nullable String textOrNull(@Nullable Object node) {
    return switch (node) {
      case null -> null;
      case Tags.Tagged(var tag, var value) when tag.equals("Ref") -> reference(value.toString());
      case Tags.Tagged(var tag, var value)
          when tag.equals("If") && value instanceof List<?> choice ->
          textOrNull(choice.get(holds(conditions.get(choice.get(0).toString())) ? 1 : 2));
      case Tags.Tagged tagged ->
          throw new IllegalArgumentException(
              "template: !" + tagged.tag() + " is not known here, of " + tagged.value());
      default -> node.toString();
    };
  }

  private @Nullable String reference(String name) {
    if (parameters.containsKey(name)) {
      return parameters.get(name);
    }
    if (name.equals("AWS::NoValue")) {
      return null;
    }
    var queue = queues.get(name);
    if (places != null && queue != null) {
      return places.queueUrl(queue);
    }
    if (places != null && name.equals("Bucket")) {
      return places.bucket();
    }
    throw new IllegalArgumentException("template: !Ref " + name + " is not known here");
  }

  private boolean holds(@Nullable Object condition) {
    return switch (condition) {
      case Tags.Tagged(var tag, var value) when tag.equals("Not") && value instanceof List<?> of ->
          !holds(of.getFirst());
      case Tags.Tagged(var tag, var value)
          when tag.equals("Equals") && value instanceof List<?> both ->
          String.valueOf(textOrNull(both.get(0))).equals(textOrNull(both.get(1)));
      case null, default ->
          throw new IllegalArgumentException("template: condition not known: " + condition);
    };
  }
}
