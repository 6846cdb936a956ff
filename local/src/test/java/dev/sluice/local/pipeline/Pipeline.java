package dev.sluice.local.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.async.Simulation;
import dev.sluice.edge.Json;
import dev.sluice.edge.Log;
import dev.sluice.edge.SqsFunction;
import dev.sluice.edge.memory.MemoryQueue;
import dev.sluice.edge.memory.MemoryStore;
import dev.sluice.edge.memory.MemoryWeb;
import dev.sluice.extract.SimulatedExtract;
import dev.sluice.fetch.SimulatedFetch;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.local.template.Template;
import dev.sluice.report.SimulatedReport;
import dev.sluice.split.SimulatedSplit;
import dev.sluice.submit.SimulatedStart;
import dev.sluice.undeliverable.SimulatedUndeliverable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;

/// The functions that the template names, with its queues, mappings, timeouts and variables, on
/// twins of queue, store and web: one thread, one seed, a virtual clock.
@NullUnmarked // what a template names is there
final class Pipeline {
  private static final Path TEMPLATE = Path.of("..", "template.yaml");

  private static final Map<String, Function<Hands, SqsFunction<?>>> CODE =
      Map.of(
          "Start", SimulatedStart::of,
          "Split", SimulatedSplit::of,
          "Fetch", SimulatedFetch::of,
          "Extract", SimulatedExtract::of,
          "Report", SimulatedReport::of,
          "Undeliverable", SimulatedUndeliverable::of);

  private final Simulation simulation;
  private final SplittableRandom random;
  private final Effects effects;
  private final SimulatedMapping.Delivery delivery;
  private final MemoryStore store;
  private final MemoryWeb web;
  private final Map<String, MemoryQueue<Message>> queues = new HashMap<>();
  private final List<SimulatedMapping> mappings = new ArrayList<>();
  private final List<Template.Notification> notifications;
  private final List<String> lines = new ArrayList<>();
  private final Map<String, Integer> putOnce = new HashMap<>();
  private final List<String> wrong = new ArrayList<>();

  /// @param parameters of the template, instead of its defaults
  /// @param variables of the functions, which may be smaller than the template's parameters
  Pipeline(
      long seed,
      Map<String, String> parameters,
      Map<String, String> variables,
      MemoryWeb.Script script,
      Effects.Plan plan,
      SimulatedMapping.Delivery delivery)
      throws IOException {
    simulation = new Simulation(seed);
    random = new SplittableRandom(seed);
    effects = new Effects(plan);
    this.delivery = delivery;
    store = new MemoryStore(simulation::now);
    web = new MemoryWeb(simulation, script);
    var template = Template.read(TEMPLATE, parameters);
    notifications = template.notifications();
    var settings = template.queues();
    settings.values().forEach(queue -> queues.put(queue.name(), queue(queue)));
    for (var queue : settings.values()) {
      if (queue.deadLetters() != null) {
        queues.get(queue.name()).redrive(queues.get(queue.deadLetters()), queue.maxReceives());
      }
    }
    var functions = template.functions(new HereByName());
    for (var mapping : template.mappings()) {
      var function = functions.get(mapping.function());
      var env = new HashMap<>(function.environment());
      env.putAll(variables);
      mappings.add(
          new SimulatedMapping(
              this,
              new Template.Function(function.name(), function.handler(), function.timeout(), env),
              mapping,
              settings.get(mapping.queue()),
              queues.get(mapping.queue()),
              CODE.get(mapping.function())));
    }
  }

  private static final class HereByName implements Template.Places {
    @Override
    public String queueUrl(Template.Queue queue) {
      return queue.name();
    }

    @Override
    public String bucket() {
      return "bucket";
    }
  }

  private MemoryQueue<Message> queue(Template.Queue queue) {
    var visibility = queue.visibility() == null ? Duration.ofSeconds(30) : queue.visibility();
    return queue.fifo()
        ? MemoryQueue.fifo(visibility, simulation::nanoTime)
        : MemoryQueue.standard(visibility, simulation::nanoTime);
  }

  Simulation simulation() {
    return simulation;
  }

  Effects effects() {
    return effects;
  }

  SimulatedMapping.Delivery delivery() {
    return delivery;
  }

  MemoryStore store() {
    return store;
  }

  MemoryWeb web() {
    return web;
  }

  MemoryQueue<Message> queue(String name) {
    return queues.get(name);
  }

  Log log() {
    return new Log(lines::add);
  }

  /// What the functions logged.
  List<String> lines() {
    return lines;
  }

  /// What must not have happened, and did.
  List<String> wrong() {
    return wrong;
  }

  /// Invocations that were killed at their timeout.
  int timeouts() {
    return mappings.stream().mapToInt(SimulatedMapping::timeouts).sum();
  }

  /// After the time that a message takes from one machine to another.
  void soon(Runnable happens) {
    simulation.after(Duration.ofNanos(random.nextLong(500_000, 20_000_000)), happens);
  }

  void wake() {
    mappings.forEach(SimulatedMapping::wake);
  }

  /// Puts, tells of what was created, and watches that what is put once does not change.
  CompletableFuture<ObjectStore.Put> put(String key, Content content, Condition condition) {
    return store
        .put(key, content, condition)
        .thenApply(put -> {
          if (put instanceof ObjectStore.Put.Done) {
            var bytes = store.get(key).join().orElseThrow().bytes();
            var before = putOnce.put(key, Arrays.hashCode(bytes));
            if (isPutOnce(key) && before != null && before != Arrays.hashCode(bytes)) {
              wrong.add(key + " was put twice, with other content");
            }
            notifications.stream()
                .filter(notification -> key.startsWith(notification.prefix()))
                .forEach(notification -> {
                  queues.get(notification.queue()).sendBody(created(key));
                  wake();
                });
          }
          return put;
        });
  }

  private static boolean isPutOnce(String key) {
    return key.startsWith("plan/") || key.startsWith("warc/") || key.startsWith("rows/");
  }

  private static String created(String key) {
    var event = Json.object();
    event.putArray("Records").addObject().putObject("s3").putObject("object").put("key", key);
    return event.toString();
  }

  /// Puts the manifest, which starts the job.
  void submit(JobId job, List<String> urls) {
    put(
            Keys.manifest(job, false),
            new Content.Bytes((String.join("\n", urls) + "\n").getBytes(UTF_8)),
            new Condition.IfAbsent())
        .join();
  }

  /// Until every queue is empty and nothing runs; dead letters stay where they are.
  void untilQuiet() {
    simulation.until(() -> mappings.stream().allMatch(SimulatedMapping::isQuiet));
  }

  /// All that runs is killed and every message lost: what is left is the store.
  void forget() {
    mappings.forEach(SimulatedMapping::kill);
    queues.values().forEach(MemoryQueue::purge);
  }

  /// How many messages were given up, whatever became of them then.
  long deadLetters() {
    return lines.stream().filter(line -> line.contains("\"function\":\"undeliverable\"")).count();
  }
}
