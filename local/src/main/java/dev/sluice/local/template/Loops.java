package dev.sluice.local.template;

import static java.util.stream.Collectors.joining;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `Fn::ForEach` among the resources, as the transform `AWS::LanguageExtensions` has it: a mapping
/// that stands once for each text of a list.
///
/// @param name with braces and a dollar sign, as the mapping names the text of a round
/// @param text of this round
record Loops(String name, String text) {
  private static final String LOOP = "Fn::ForEach::";

  /// The resources with each loop written out.
  ///
  /// @throws IllegalArgumentException if a loop is not a name, a list of texts and a mapping, or
  ///   makes a resource that is there already
  static Map<String, Object> writeOut(Map<String, Object> resources) {
    var all = new LinkedHashMap<String, Object>();
    resources.forEach((name, resource) -> {
      if (!name.startsWith(LOOP)) {
        add(all, name, resource);
      } else if (resource instanceof List<?> loop
          && loop.size() == 3
          && loop.get(1) instanceof List<?> texts
          && loop.get(2) instanceof Map<?, ?> body) {
        for (var text : texts) {
          new Loops("${" + loop.getFirst() + "}", text.toString())
              .mapping(body)
              .forEach((key, value) -> add(all, key, value));
        }
      } else {
        throw new IllegalArgumentException(
            "template: " + name + " must be a name, a list of texts and a mapping");
      }
    });
    return all;
  }

  private static void add(Map<String, Object> all, String name, Object resource) {
    if (all.put(name, resource) != null) {
      throw new IllegalArgumentException("template: resource " + name + " is there twice");
    }
  }

  private Object in(Object node) {
    return switch (node) {
      case String there -> there.replace(name, text);
      case List<?> list -> list.stream().map(this::in).toList();
      case Tags.Tagged(var tag, var value) -> tagged(tag, in(value));
      case Map<?, ?> map when map.size() == 1 && map.get("Ref") instanceof Tags.Tagged of ->
          new Tags.Tagged("Ref", in(of));
      case Map<?, ?> map when map.size() == 1 && map.get("Fn::GetAtt") instanceof List<?> of ->
          new Tags.Tagged(
              "GetAtt", of.stream().map(this::in).map(Object::toString).collect(joining(".")));
      case Map<?, ?> map -> mapping(map);
      default -> node;
    };
  }

  private Map<String, Object> mapping(Map<?, ?> map) {
    var written = new LinkedHashMap<String, Object>();
    map.forEach((key, value) -> written.put(in(key).toString(), in(value)));
    return written;
  }

  /// A text that needs no substitution any more is that text.
  private static Object tagged(String tag, Object value) {
    return tag.equals("Sub") && value instanceof String text && !text.contains("${")
        ? text
        : new Tags.Tagged(tag, value);
  }
}
