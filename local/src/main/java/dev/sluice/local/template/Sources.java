package dev.sluice.local.template;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Events of type SQS, held to the rules of `CreateEventSourceMapping`.
record Sources(Intrinsics values, Map<String, Template.Queue> queues) {
  private static final Set<String> KNOWN =
      Set.of(
          "Queue",
          "Enabled",
          "BatchSize",
          "MaximumBatchingWindowInSeconds",
          "ScalingConfig",
          "FunctionResponseTypes",
          "FilterCriteria");

  /// The mapping of an event; none if it is not enabled.
  Optional<Template.Mapping> mapping(String function, Map<String, Object> event) {
    for (var property : event.keySet()) {
      if (!KNOWN.contains(property)) {
        throw new IllegalArgumentException(
            "template: " + property + " of an SQS event of " + function + " is not known here");
      }
    }
    if ("false".equals(values.textOrNull(event.get("Enabled")))) {
      return Optional.empty();
    }
    var name = Tags.logicalId(event.get("Queue"));
    var queue = queues.get(name);
    if (queue == null) {
      throw new IllegalArgumentException("template: there is no resource " + name);
    }
    var window = number(event, "MaximumBatchingWindowInSeconds", 0, 0, queue.fifo() ? 0 : 300);
    var mostMessages = queue.fifo() || window == 0 ? 10 : 10_000;
    var scaling = Template.map(event.get("ScalingConfig"), function);
    return Optional.of(
        new Template.Mapping(
            function,
            name,
            number(event, "BatchSize", 10, 1, mostMessages),
            Duration.ofSeconds(window),
            number(scaling, "MaximumConcurrency", null, 2, 1_000),
            event.get("FunctionResponseTypes") instanceof List<?> types
                && types.contains("ReportBatchItemFailures"),
            filters(event, function)));
  }

  /// A property that is a whole number within bounds.
  ///
  /// @param missing what it is if it is not there; none if it must be
  private int number(
      Map<String, Object> properties, String name, @Nullable Integer missing, int least, int most) {
    if (properties.get(name) == null && missing != null) {
      return missing;
    }
    var text = values.text(properties.get(name), name);
    int number;
    try {
      number = Integer.parseInt(text);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          "template: " + name + " must be a whole number, got " + text, notANumber);
    }
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          "template: " + name + " must be from " + least + " to " + most + " here, got " + number);
    }
    return number;
  }

  private Filters filters(Map<String, Object> event, String function) {
    var patterns = new ArrayList<String>();
    var criteria = Template.map(event.get("FilterCriteria"), function);
    if (criteria.get("Filters") instanceof List<?> filters) {
      for (var filter : filters) {
        patterns.add(values.text(Template.map(filter, function).get("Pattern"), function));
      }
    }
    return Filters.of(patterns, function);
  }
}
