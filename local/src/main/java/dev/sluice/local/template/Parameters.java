package dev.sluice.local.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parameters of a template, with their rules.
record Parameters(Map<String, Object> declared) {
  /// The defaults, and what is given instead of them.
  ///
  /// @throws IllegalArgumentException if one is unknown or breaks its rule; names parameter and
  ///   value
  Map<String, String> with(Map<String, String> given) {
    for (var name : given.keySet()) {
      if (!declared.containsKey(name)) {
        throw new IllegalArgumentException("template: there is no parameter " + name);
      }
    }
    var values = new LinkedHashMap<String, String>();
    declared.forEach((name, node) -> {
      var rules = Template.map(node, name);
      var value = given.containsKey(name) ? given.get(name) : rules.get("Default");
      if (value == null) {
        throw new IllegalArgumentException("template: parameter " + name + " is missing");
      }
      check(name, value.toString(), rules);
      values.put(name, value.toString());
    });
    return values;
  }

  private static void check(String name, String value, Map<String, Object> rules) {
    if ("Number".equals(rules.get("Type"))) {
      var least = (Number) rules.getOrDefault("MinValue", Long.MIN_VALUE);
      var most = (Number) rules.getOrDefault("MaxValue", Long.MAX_VALUE);
      long number;
      try {
        number = Long.parseLong(value);
      } catch (NumberFormatException notANumber) {
        throw new IllegalArgumentException(name + " must be a whole number, got " + value);
      }
      if (number < least.longValue() || number > most.longValue()) {
        throw new IllegalArgumentException(
            name + " must be from " + least + " to " + most + ", got " + value);
      }
    }
    if (rules.get("AllowedPattern") instanceof String pattern && !value.matches(pattern)) {
      throw new IllegalArgumentException(name + " must match " + pattern + ", got " + value);
    }
    if (rules.get("AllowedValues") instanceof List<?> allowed
        && allowed.stream().noneMatch(one -> one.toString().equals(value))) {
      throw new IllegalArgumentException(name + " must be one of " + allowed + ", got " + value);
    }
  }
}
