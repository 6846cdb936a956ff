package dev.sluice.local.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions, queues, mappings and notifications of a SAM template, its parameters filled in.
public final class Template {
  /// A function.
  ///
  /// @param handler `package.Class::method`
  /// @param environment its variables, with every reference resolved
  /// @param mayRecur whether `RecursiveLoop` is `Allow`
  public record Function(
      String name,
      String handler,
      Duration timeout,
      int memoryMegabytes,
      Map<String, String> environment,
      boolean mayRecur) {
    /// The memory of a function for which the template gives none.
    private static final Object DEFAULT_MEMORY = 128;

    public Function {
      environment = Map.copyOf(environment);
    }

    /// The same with other variables.
    public Function with(Map<String, String> variables) {
      return new Function(name, handler, timeout, memoryMegabytes, variables, mayRecur);
    }
  }

  /// A queue.
  ///
  /// @param deadLetters logical id of the queue for its dead letters, if it has one
  public record Queue(
      String name,
      boolean fifo,
      @Nullable Duration visibility,
      @Nullable String deadLetters,
      int maxReceives) {
    /// The name that SQS wants.
    public String queueName() {
      return fifo ? name + ".fifo" : name;
    }
  }

  /// An event source mapping.
  ///
  /// @param queue logical id
  /// @param batchMessages 1 to 10,000; to 10 without a window and of a FIFO queue
  /// @param window 0 to 300 s from the first message of a batch; zero of a FIFO queue
  /// @param concurrency invocations at once, 2 to 1,000
  public record Mapping(
      String function,
      String queue,
      int batchMessages,
      Duration window,
      int concurrency,
      boolean partialResponses,
      Filters filters) {}

  /// Objects created under `prefix` are told to a queue.
  public record BucketNotification(String queue, String prefix) {}

  /// The names that queues and bucket of the template have on this machine.
  public interface Places {
    /// URL of a queue.
    String queueUrl(Queue queue);

    /// Name of the bucket.
    String bucket();
  }

  private final Map<String, Object> root;
  private final Intrinsics values;

  private Template(Map<String, Object> root, Intrinsics values) {
    this.root = root;
    this.values = values;
  }

  /// Reads a template.
  ///
  /// @param parameters instead of the defaults
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if a parameter is unknown or out of its bounds, or the
  ///   template uses what we do not know; names it
  public static Template read(Path file, Map<String, String> parameters) throws IOException {
    try (var in = Files.newBufferedReader(file)) {
      var root = Tags.load(in);
      var given = new Parameters(map(root.get("Parameters"), "Parameters")).with(parameters);
      return new Template(root, new Intrinsics(given, map(root.get("Conditions"), "Conditions")));
    }
  }

  /// All queues, by logical id.
  public Map<String, Queue> queues() {
    var queues = new LinkedHashMap<String, Queue>();
    ofType("AWS::SQS::Queue")
        .forEach((name, properties) -> {
          var redrive = properties.get("RedrivePolicy");
          var visibility = values.textOrNull(properties.get("VisibilityTimeout"));
          queues.put(
              name,
              new Queue(
                  name,
                  "true".equals(values.textOrNull(properties.get("FifoQueue"))),
                  visibility == null ? null : Duration.ofSeconds(Long.parseLong(visibility)),
                  redrive == null
                      ? null
                      : Tags.logicalId(map(redrive, name).get("deadLetterTargetArn")),
                  redrive == null
                      ? 0
                      : Integer.parseInt(
                          values.text(map(redrive, name).get("maxReceiveCount"), name))));
        });
    return queues;
  }

  /// All functions, by logical id.
  public Map<String, Function> functions(Places places) {
    var resolved = values.at(places, queues());
    var globals = map(map(root.get("Globals"), "Globals").get("Function"), "Globals.Function");
    var functions = new LinkedHashMap<String, Function>();
    ofType("AWS::Serverless::Function")
        .forEach((name, properties) -> {
          if (properties.containsKey("ReservedConcurrentExecutions")) {
            throw new IllegalArgumentException(
                "template: ReservedConcurrentExecutions of "
                    + name
                    + " is not known here: nothing is throttled, MaximumConcurrency is the cap");
          }
          var environment = new LinkedHashMap<String, String>();
          for (var of : List.of(globals, properties)) {
            if (of.get("Environment") != null) {
              map(map(of.get("Environment"), name).get("Variables"), name)
                  .forEach((key, value) -> {
                    var text = resolved.textOrNull(value);
                    if (text != null) { // AWS::NoValue is no variable
                      environment.put(key, text);
                    }
                  });
            }
          }
          functions.put(
              name,
              new Function(
                  name,
                  resolved.text(properties.get("Handler"), name),
                  Duration.ofSeconds(
                      Long.parseLong(resolved.text(properties.get("Timeout"), name))),
                  Integer.parseInt(
                      resolved.text(
                          properties.getOrDefault("MemorySize", Function.DEFAULT_MEMORY), name)),
                  environment,
                  mayRecur(name, properties, globals)));
        });
    return functions;
  }

  private boolean mayRecur(
      String name, Map<String, Object> properties, Map<String, Object> globals) {
    var said = properties.getOrDefault("RecursiveLoop", globals.get("RecursiveLoop"));
    var text = values.textOrNull(said);
    if (text != null && !text.equals("Allow") && !text.equals("Terminate")) {
      throw new IllegalArgumentException(
          "template: RecursiveLoop of " + name + " must be Allow or Terminate, got " + text);
    }
    return "Allow".equals(text);
  }

  /// All event source mappings that are enabled.
  ///
  /// @throws IllegalArgumentException if one breaks a rule of Lambda's, or uses what is not known
  ///   here; names it
  public List<Mapping> mappings() {
    var mappings = new ArrayList<Mapping>();
    var sources = new Sources(values, queues());
    ofType("AWS::Serverless::Function")
        .forEach((name, properties) -> {
          for (var event : map(properties.get("Events"), name).values()) {
            var source = map(event, name);
            if ("SQS".equals(source.get("Type"))) {
              sources.mapping(name, map(source.get("Properties"), name)).ifPresent(mappings::add);
            }
          }
        });
    return mappings;
  }

  /// All notifications of the bucket.
  public List<BucketNotification> notifications() {
    var notifications = new ArrayList<BucketNotification>();
    ofType("AWS::S3::Bucket")
        .forEach((name, properties) -> {
          var configured = properties.get("NotificationConfiguration");
          if (configured != null
              && map(configured, name).get("QueueConfigurations") instanceof List<?> queues) {
            queues.forEach(queue -> notifications.add(notification(map(queue, name), name)));
          }
        });
    return notifications;
  }

  private BucketNotification notification(Map<String, Object> configured, String name) {
    var prefix = "";
    var key = map(map(configured.get("Filter"), name).get("S3Key"), name);
    if (key.get("Rules") instanceof List<?> rules) {
      for (var rule : rules) {
        if ("prefix".equals(map(rule, name).get("Name"))) {
          prefix = values.text(map(rule, name).get("Value"), name);
        }
      }
    }
    return new BucketNotification(Tags.logicalId(configured.get("Queue")), prefix);
  }

  private Map<String, Map<String, Object>> ofType(String type) {
    var found = new LinkedHashMap<String, Map<String, Object>>();
    map(root.get("Resources"), "Resources")
        .forEach((name, resource) -> {
          if (type.equals(map(resource, name).get("Type"))) {
            found.put(name, map(map(resource, name).get("Properties"), name));
          }
        });
    return found;
  }

  @SuppressWarnings("unchecked") // keys of the template's mappings are text
  static Map<String, Object> map(@Nullable Object node, String where) {
    if (node == null) {
      return Map.of();
    }
    if (node instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalArgumentException("template: " + where + " must be a mapping, got " + node);
  }
}
