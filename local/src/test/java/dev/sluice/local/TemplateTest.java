package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.local.template.Tags;
import dev.sluice.local.template.Tags.Tagged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// What must hold of `template.yaml` whatever else changes in it; read as it is written.
@NullUnmarked // reads what may not be there
class TemplateTest {
  private static final Pattern UNIT =
      Pattern.compile(
          ".*(Millis|Seconds|Days|Bytes|Megabytes|Requests|Messages|Invocations|Lines|Percent|Attempts"
              + "|Groups|Receives)");

  private final Map<String, Object> template = read();

  @Test
  void aQueueHidesAMessageForSixTimeoutsAndTheWindow() {
    var mappings = 0;
    for (var function : ofType("AWS::Serverless::Function").entrySet()) {
      for (var event : sqsEvents(function.getValue())) {
        var name = function.getKey();
        var queue = resource(logicalId(at(event, "Queue")));
        var visibility = number(at(queue, "Properties", "VisibilityTimeout"));
        var timeout = number(at(function.getValue(), "Properties", "Timeout"));
        var window = event.get("MaximumBatchingWindowInSeconds");

        assertThat(visibility)
            .as("visibility of the queue of %s", name)
            .isGreaterThanOrEqualTo(6 * timeout + (window == null ? 0 : number(window)));
        mappings++;
      }
    }
    assertThat(mappings).isEqualTo(10);
  }

  @Test
  void everyQueueThatAFunctionReadsHasDeadLettersOfItsOwnKindAndAnAlarm() {
    var queues = ofType("AWS::SQS::Queue");
    var alarmed = new TreeSet<String>();
    for (var alarm : ofType("AWS::CloudWatch::Alarm").values()) {
      if (at(alarm, "Properties", "Dimensions") instanceof List<?> dimensions) {
        alarmed.add(logicalId(at((Map<?, ?>) dimensions.getFirst(), "Value")));
      }
    }
    for (var queue : queues.entrySet()) {
      if (queue.getKey().endsWith("DeadLetters")) {
        assertThat(alarmed).contains(queue.getKey());
        continue;
      }
      var redrive = at(queue.getValue(), "Properties", "RedrivePolicy");
      assertThat(redrive).as("dead letters of %s", queue.getKey()).isNotNull();
      var letters = resource(logicalId(at((Map<?, ?>) redrive, "deadLetterTargetArn")));
      assertThat(at(letters, "Properties", "FifoQueue"))
          .isEqualTo(at(queue.getValue(), "Properties", "FifoQueue"));
      assertThat(number(at((Map<?, ?>) redrive, "maxReceiveCount"))).isGreaterThanOrEqualTo(5);
    }
  }

  @Test
  void everyQueueAndTheBucketAreEncryptedAndTakeTlsAlone() {
    var tlsOnly = new TreeSet<String>();
    for (var policy : ofType("AWS::SQS::QueuePolicy").values()) {
      for (var queue : list(at(policy, "Properties", "Queues"))) {
        assertThat(statements(policy)).anyMatch(TemplateTest::deniesWithoutTls);
        tlsOnly.add(logicalId(queue));
      }
    }
    for (var queue : ofType("AWS::SQS::Queue").entrySet()) {
      assertThat(at(queue.getValue(), "Properties", "SqsManagedSseEnabled")).isEqualTo(true);
      assertThat(tlsOnly).contains(queue.getKey());
    }
    assertThat(at(resource("Bucket"), "Properties", "BucketEncryption")).isNotNull();
    assertThat(statements(resource("BucketPolicy"))).anyMatch(TemplateTest::deniesWithoutTls);
  }

  @Test
  void noPolicyAllowsEveryActionOrEveryResource() {
    for (var resource : resources().entrySet()) {
      for (var statement : allStatements(resource.getValue())) {
        assertThat(list(statement.get("Action")))
            .as("actions in %s", resource.getKey())
            .doesNotContain("*");
        if (statement.containsKey("Resource")) {
          assertThat(list(statement.get("Resource")))
              .as("resources in %s", resource.getKey())
              .doesNotContain("*");
        }
        if ("Allow".equals(statement.get("Effect"))) {
          assertThat(list(statement.get("Action")))
              .as("allowed actions in %s", resource.getKey())
              .noneMatch(action -> action.toString().contains("*"));
        }
      }
    }
  }

  @Test
  void whatIsAllowedOnObjectsIsAllowedOnOneKindOfThem() {
    for (var role : ofType("AWS::IAM::Role").entrySet()) {
      for (var statement : allStatements(at(role.getValue(), "Properties", "Policies"))) {
        assertThat(statement).doesNotContainKeys("NotAction", "NotResource");
        for (var resource : list(statement.get("Resource"))) {
          if (list(statement.get("Action")).toString().contains("Object")) {
            assertThat(((Tagged) resource).value().toString())
                .as("objects of %s", role.getKey())
                .matches("\\$\\{Bucket\\.Arn}/[a-z]+/\\*");
          }
        }
      }
    }
  }

  @Test
  void theApiTakesSignedRequestsAlone() {
    var auth = map(at(resource("Api"), "Properties", "Auth"));

    assertThat(auth)
        .containsEntry("EnableIamAuthorizer", true)
        .containsEntry("DefaultAuthorizer", "AWS_IAM");
    for (var function : ofType("AWS::Serverless::Function").values()) {
      for (var event : map(at(function, "Properties", "Events")).values()) {
        assertThat(at((Map<?, ?>) event, "Properties", "Auth")).isNull();
      }
    }
  }

  /// Those on several functions are in `RecursionTest`.
  @Test
  void anAlarmCountsVisibleMessagesOrInvocationsAndRingsAtTheFirst() {
    for (var alarm : ofType("AWS::CloudWatch::Alarm").entrySet()) {
      var properties = map(at(alarm.getValue(), "Properties"));

      assertThat(properties).containsEntry("ComparisonOperator", "GreaterThanThreshold");
      if (properties.containsKey("MetricName")) {
        assertThat(properties.get("MetricName"))
            .isEqualTo(
                properties.get("Namespace").equals("AWS/Lambda")
                    ? "Invocations"
                    : "ApproximateNumberOfMessagesVisible");
      }
      if (!alarm.getKey().equals("CycleInvocationsAlarm")) {
        assertThat(properties).containsEntry("Threshold", 0);
      }
    }
  }

  /// `sam local` sets no variable that is not declared; a blank one breaks the SDK on AWS.
  @Test
  void theEndpointsAreDeclaredAndAreNoVariablesOnAws() {
    var variables = map(at(template, "Globals", "Function", "Environment", "Variables"));

    for (var endpoint : List.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS")) {
      assertThat(variables).containsEntry(endpoint, new Tagged("Ref", "AWS::NoValue"));
    }
  }

  @Test
  void everyFunctionHasARoleOfItsOwn() {
    var roles = new TreeSet<String>();
    for (var function : ofType("AWS::Serverless::Function").values()) {
      assertThat(roles.add(logicalId(at(function, "Properties", "Role")))).isTrue();
      assertThat(at(function, "Properties", "Policies")).isNull();
    }
  }

  @Test
  void everyEventSourceGivesPartialResponsesAndHasALimit() {
    for (var function : ofType("AWS::Serverless::Function").values()) {
      for (var event : sqsEvents(function)) {
        assertThat(list(event.get("FunctionResponseTypes"))).contains("ReportBatchItemFailures");
        assertThat(number(at(event, "ScalingConfig", "MaximumConcurrency"))).isBetween(2L, 1000L);
      }
    }
  }

  @Test
  void everyLimitIsAParameterWithItsUnitInItsName() {
    for (var parameter : map(template.get("Parameters")).entrySet()) {
      if ("Number".equals(((Map<?, ?>) parameter.getValue()).get("Type"))) {
        assertThat(parameter.getKey()).matches(UNIT);
      }
    }
  }

  @Test
  void noLimitIsWrittenTwice() {
    // What is fixed and no limit: how an alarm looks, and when S3 forgets an unfinished upload.
    var fixed = Set.of("Period", "EvaluationPeriods", "Threshold", "DaysAfterInitiation");
    var written = new ArrayList<String>();
    numbers("Resources", template.get("Resources"), fixed, written);
    numbers("Globals", template.get("Globals"), fixed, written);

    assertThat(written).as("numbers outside Parameters").isEmpty();
  }

  @Test
  void everyParameterIsUsedAndEveryVariableHasItsWords() {
    var used = new TreeSet<String>();
    references(template.get("Resources"), used);
    references(template.get("Globals"), used);
    references(template.get("Conditions"), used);
    assertThat(used).containsAll(map(template.get("Parameters")).keySet());

    for (var function : ofType("AWS::Serverless::Function").values()) {
      if (at(function, "Properties", "Environment", "Variables") instanceof Map<?, ?> variables) {
        variables.forEach((name, value) -> {
          var reference = ((Tagged) value).value().toString();
          var words = reference.endsWith("Queue") ? reference + "Url" : reference;
          assertThat(name)
              .isEqualTo(words.replaceAll("(?<!^)([A-Z])", "_$1").toUpperCase(Locale.ROOT));
        });
      }
    }
  }

  private static boolean deniesWithoutTls(Map<String, Object> statement) {
    return "Deny".equals(statement.get("Effect"))
        && "false".equals(at(statement, "Condition", "Bool", "aws:SecureTransport"));
  }

  private static void numbers(String path, Object node, Set<String> fixed, List<String> written) {
    switch (node) {
      case Map<?, ?> map ->
          map.forEach((key, value) -> {
            if (!fixed.contains(key.toString())) {
              numbers(path + "." + key, value, fixed, written);
            }
          });
      case List<?> items -> items.forEach(item -> numbers(path, item, fixed, written));
      case Number number -> written.add(path + " = " + number);
      case String text when text.matches("[0-9]+") -> written.add(path + " = " + text);
      case null, default -> {}
    }
  }

  private static void references(Object node, Set<String> used) {
    switch (node) {
      case Map<?, ?> map -> map.values().forEach(value -> references(value, used));
      case List<?> items -> items.forEach(item -> references(item, used));
      case Tagged(var tag, var value) when tag.equals("Ref") -> used.add(value.toString());
      case Tagged tagged -> references(tagged.value(), used);
      case null, default -> {}
    }
  }

  private List<Map<String, Object>> sqsEvents(Map<String, Object> function) {
    var events = new ArrayList<Map<String, Object>>();
    for (var event : map(at(function, "Properties", "Events")).values()) {
      if ("SQS".equals(at((Map<?, ?>) event, "Type"))) {
        events.add(map(at((Map<?, ?>) event, "Properties")));
      }
    }
    return events;
  }

  private static List<Map<String, Object>> statements(Map<String, Object> policy) {
    var statements = new ArrayList<Map<String, Object>>();
    for (var statement : list(at(policy, "Properties", "PolicyDocument", "Statement"))) {
      statements.add(map(statement));
    }
    return statements;
  }

  /// Every map below that has an `Effect`.
  private static List<Map<String, Object>> allStatements(Object node) {
    var found = new ArrayList<Map<String, Object>>();
    switch (node) {
      case Map<?, ?> map -> {
        if (map.containsKey("Effect")) {
          found.add(map(map));
        }
        map.values().forEach(value -> found.addAll(allStatements(value)));
      }
      case List<?> items -> items.forEach(item -> found.addAll(allStatements(item)));
      case null, default -> {}
    }
    return found;
  }

  private Map<String, Map<String, Object>> ofType(String type) {
    var found = new TreeMap<String, Map<String, Object>>();
    resources()
        .forEach((name, resource) -> {
          if (type.equals(resource.get("Type"))) {
            found.put(name, resource);
          }
        });
    assertThat(found).as(type).isNotEmpty();
    return found;
  }

  private Map<String, Map<String, Object>> resources() {
    var all = new TreeMap<String, Map<String, Object>>();
    map(template.get("Resources")).forEach((name, resource) -> all.put(name, map(resource)));
    return all;
  }

  private Map<String, Object> resource(String logicalId) {
    return map(map(template.get("Resources")).get(logicalId));
  }

  /// The number that stands here, or the default of the parameter that is named here.
  private long number(Object value) {
    if (value instanceof Tagged(var tag, var name) && tag.equals("Ref")) {
      return ((Number) at(template, "Parameters", name.toString(), "Default")).longValue();
    }
    return ((Number) value).longValue();
  }

  /// `!Ref X`, `!GetAtt X.Arn` and X alike.
  static String logicalId(Object value) {
    return ((Tagged) value).value().toString().replaceAll("\\..*", "");
  }

  static Object at(Map<?, ?> from, String... path) {
    Object here = from;
    for (var key : path) {
      here = here instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return here;
  }

  @SuppressWarnings("unchecked") // keys of a YAML mapping here are text
  static Map<String, Object> map(Object node) {
    return (Map<String, Object>) node;
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Object node) {
    return node instanceof List<?> ? (List<Object>) node : List.of(node);
  }

  static Map<String, Object> read() {
    try (var in = Files.newBufferedReader(Path.of("..", "template.yaml"))) {
      return Tags.load(in);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
