package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.local.template.Tags.Tagged;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Who wakes whom, as `template.yaml` has it: a function sends to the queues that its role lets it
/// send to, puts objects that a queue is told of, a queue feeds the functions of its mappings and
/// gives up to its dead letters. On a cycle Lambda would end a job of some size, and nowhere else
/// is what it guards against wanted.
@NullUnmarked // reads what may not be there
class RecursionTest {
  private static final String FUNCTION = "AWS::Serverless::Function";

  private final Map<String, Object> template = TemplateTest.read();
  private final Map<String, Set<String>> wakes = new TreeMap<>();

  RecursionTest() {
    for (var queue : ofType("AWS::SQS::Queue").entrySet()) {
      if (at(queue.getValue(), "RedrivePolicy", "deadLetterTargetArn") instanceof Tagged letters) {
        wakes(queue.getKey(), TemplateTest.logicalId(letters));
      }
    }
    for (var function : ofType(FUNCTION).entrySet()) {
      for (var event : TemplateTest.map(at(function.getValue(), "Events")).values()) {
        if (at(event, "Properties", "Queue") instanceof Tagged queue) {
          wakes(TemplateTest.logicalId(queue), function.getKey());
        }
      }
      allowed(function.getKey(), "sqs:SendMessage")
          .forEach(queue -> wakes(function.getKey(), TemplateTest.logicalId(queue)));
      for (var objects : allowed(function.getKey(), "s3:PutObject")) {
        notified(objects.value().toString()).forEach(queue -> wakes(function.getKey(), queue));
      }
    }
  }

  private void wakes(String from, String to) {
    wakes.computeIfAbsent(from, _ -> new TreeSet<>()).add(to);
  }

  /// The queues that are told of objects under a key that these may have.
  private Set<String> notified(String objects) {
    var prefix = objects.replace("${Bucket.Arn}/", "").replace("*", "");
    var queues = new TreeSet<String>();
    for (var bucket : ofType("AWS::S3::Bucket").values()) {
      var told = at(bucket, "NotificationConfiguration", "QueueConfigurations");
      for (var each : TemplateTest.list(told)) {
        for (var rule : TemplateTest.list(at(each, "Filter", "S3Key", "Rules"))) {
          var of = at(rule, "Value").toString();
          if (of.startsWith(prefix) || prefix.startsWith(of)) {
            queues.add(TemplateTest.logicalId(at(each, "Queue")));
          }
        }
      }
    }
    return queues;
  }

  /// What the role of a function lets it do this with.
  private Set<Tagged> allowed(String function, String action) {
    var role = TemplateTest.logicalId(at(ofType(FUNCTION).get(function), "Role"));
    var resources = new LinkedHashSet<Tagged>();
    for (var policy : TemplateTest.list(at(ofType("AWS::IAM::Role").get(role), "Policies"))) {
      for (var statement : TemplateTest.list(at(policy, "PolicyDocument", "Statement"))) {
        if (TemplateTest.list(at(statement, "Action")).contains(action)) {
          TemplateTest.list(at(statement, "Resource"))
              .forEach(resource -> resources.add((Tagged) resource));
        }
      }
    }
    return resources;
  }

  /// Functions that what they send can lead back to.
  private Set<String> onACycle() {
    var found = new TreeSet<String>();
    for (var function : ofType(FUNCTION).keySet()) {
      var seen = new TreeSet<String>();
      var next = new ArrayDeque<>(wakes.getOrDefault(function, Set.of()));
      while (!next.isEmpty()) {
        var here = next.remove();
        if (seen.add(here)) {
          next.addAll(wakes.getOrDefault(here, Set.of()));
        }
      }
      if (seen.contains(function)) {
        found.add(function);
      }
    }
    return found;
  }

  private Set<String> mayRecur() {
    var allowed = new TreeSet<String>();
    ofType(FUNCTION)
        .forEach((name, properties) -> {
          if ("Allow".equals(properties.get("RecursiveLoop"))) {
            allowed.add(name);
          }
        });
    return allowed;
  }

  @Test
  void aFunctionMayRecurExactlyIfItIsOnACycle() {
    assertThat(mayRecur()).isEqualTo(onACycle());
  }

  /// What the graph is made of: without one of these ways a cycle would go unseen.
  @Test
  void theWaysBackAreInTheGraph() {
    assertThat(wakes.get("Submit")).as("an object that starts a job").contains("StartQueue");
    assertThat(wakes.get("Split")).as("part to part").contains("SplitQueue");
    assertThat(wakes.get("Fetch")).as("what is left over").contains("SplitQueue");
    assertThat(wakes.get("Report")).as("a rebuild").contains("ReportQueue");
    assertThat(wakes.get("ExtractQueue")).contains("Extract", "ExtractDeadLetters");
    assertThat(wakes.get("ExtractDeadLetters")).containsExactly("Undeliverable");
    assertThat(onACycle())
        .contains("Split", "Fetch", "Report", "Undeliverable")
        .doesNotContain("Submit", "Start", "Sweep");
  }

  @Test
  void whoeverMaySendToAQueueIsToldWhereItIs() {
    for (var function : ofType(FUNCTION).entrySet()) {
      var variables = at(function.getValue(), "Environment", "Variables");
      var told =
          variables instanceof Map<?, ?> map
              ? map.values().stream().map(TemplateTest::logicalId).toList()
              : List.<String>of();
      for (var queue : allowed(function.getKey(), "sqs:SendMessage")) {
        assertThat(told).as(function.getKey()).contains(TemplateTest.logicalId(queue));
      }
    }
  }

  @Test
  void theAlarmOnInvocationsIsOnEachFunctionOfACycleAndThatOnStoppedChainsOnEachOther() {
    var others = new TreeSet<>(ofType(FUNCTION).keySet());
    others.removeAll(onACycle());

    assertThat(watched("CycleInvocationsAlarm", "Invocations")).isEqualTo(onACycle());
    assertThat(watched("StoppedChainsAlarm", "RecursiveInvocationsDropped")).isEqualTo(others);
  }

  private Set<String> watched(String alarm, String metric) {
    var functions = new TreeSet<String>();
    for (var each : TemplateTest.list(at(ofType("AWS::CloudWatch::Alarm").get(alarm), "Metrics"))) {
      if (at(each, "MetricStat") instanceof Map<?, ?> stat) {
        assertThat(at(stat, "Stat")).isEqualTo("Sum");
        assertThat(at(stat, "Metric", "MetricName")).isEqualTo(metric);
        for (var dimension : TemplateTest.list(at(stat, "Metric", "Dimensions"))) {
          functions.add(TemplateTest.logicalId(at(dimension, "Value")));
        }
      }
    }
    return functions;
  }

  /// Properties by logical id.
  private Map<String, Map<String, Object>> ofType(String type) {
    var found = new TreeMap<String, Map<String, Object>>();
    TemplateTest.map(template.get("Resources"))
        .forEach((name, resource) -> {
          if (type.equals(at(resource, "Type"))) {
            found.put(name, TemplateTest.map(at(resource, "Properties")));
          }
        });
    return found;
  }

  private static Object at(Object from, String... path) {
    return TemplateTest.at((Map<?, ?>) from, path);
  }
}
