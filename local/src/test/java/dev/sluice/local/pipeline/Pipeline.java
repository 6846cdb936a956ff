package dev.sluice.local.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.async.Simulation;
import dev.sluice.edge.Log;
import dev.sluice.edge.SqsFunction;
import dev.sluice.extract.SimulatedExtract;
import dev.sluice.fetch.SimulatedFetch;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.local.template.Template;
import dev.sluice.memory.MemoryQueue;
import dev.sluice.memory.MemoryStore;
import dev.sluice.memory.MemoryWeb;
import dev.sluice.report.SimulatedReport;
import dev.sluice.split.SimulatedSplit;
import dev.sluice.submit.SimulatedStart;
import dev.sluice.sweep.SimulatedSweep;
import dev.sluice.undeliverable.SimulatedUndeliverable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/// The functions that the template names, with its queues, mappings, timeouts and variables, on
/// twins of queue, store and web: one thread, one seed, a virtual clock.
@NullUnmarked // what a template names is there
final class Pipeline {
  /// A job of some sixty lines takes less than a tenth, whatever goes wrong.
  private static final int MOST_STEPS = 300_000;

  private static final Path TEMPLATE = Path.of("..", "template.yaml");

  private static final Map<Map<String, String>, Template> TEMPLATES = new ConcurrentHashMap<>();

  private static final Roles ROLES = roles();

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
  private final World world;
  private final MemoryStore store;
  private final MemoryWeb web;
  private final Map<String, MemoryQueue<Message>> queues = new HashMap<>();
  private final List<SimulatedMapping> mappings = new ArrayList<>();
  private final List<Template.BucketNotification> notifications;
  private final List<String> lines = new ArrayList<>();
  private final Map<String, Integer> putOnce = new HashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private final Planted planted;
  private final Map<String, Mark> marks = new HashMap<>();

  /// @param parameters of the template, instead of its defaults
  /// @param variables of the functions, which may be smaller than the template's parameters
  Pipeline(
      long seed,
      Map<String, String> parameters,
      Map<String, String> variables,
      MemoryWeb.Script script,
      World world)
      throws IOException {
    simulation = new Simulation(seed);
    random = new SplittableRandom(seed);
    effects = new Effects(world.effects());
    this.world = world;
    planted = new Planted(world);
    store = new MemoryStore(simulation::now);
    var template = template(parameters);
    notifications = template.notifications();
    var settings = template.queues();
    settings.values().forEach(queue -> queues.put(queue.name(), queue(queue)));
    for (var queue : settings.values()) {
      if (queue.deadLetters() != null) {
        queues.get(queue.name()).redrive(queues.get(queue.deadLetters()), queue.maxReceives());
      }
    }
    var functions = template.functions(new HereByName());
    var limit = functions.get("Fetch").environment().get("MAX_BODY_BYTES");
    web = new MemoryWeb(simulation, Integer.parseInt(limit), script);
    for (var mapping : template.mappings()) {
      var function = functions.get(mapping.function());
      var env = new HashMap<>(function.environment());
      env.putAll(variables);
      mappings.add(
          new SimulatedMapping(
              this,
              function.with(env),
              mapping,
              settings.get(mapping.queue()),
              queues.get(mapping.queue()),
              CODE.get(mapping.function())));
    }
  }

  private static Roles roles() {
    try {
      return Roles.read(TEMPLATE);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// Read once: that takes longer than a job.
  private static Template template(Map<String, String> parameters) {
    return TEMPLATES.computeIfAbsent(
        Map.copyOf(parameters),
        given -> {
          try {
            return Template.read(TEMPLATE, given);
          } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
          }
        });
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

  World world() {
    return world;
  }

  boolean has(Defect defect) {
    return world.has(defect);
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

  /// A function is about to get an object, or its head, or to put one.
  void touches(String function, String action, String key) {
    var denied = function + " may not " + action + " " + key.split("/", 2)[0] + "/*";
    if (!ROLES.allow(function, action, key) && !wrong.contains(denied)) {
      wrong.add(denied);
    }
  }

  /// What must not have happened, and did.
  List<String> wrong() {
    return wrong;
  }

  /// Invocations that were killed at their timeout.
  int timeouts() {
    return mappings.stream().mapToInt(SimulatedMapping::timeouts).sum();
  }

  /// Batches that came after one that was received later.
  int overtaken() {
    return mappings.stream().mapToInt(SimulatedMapping::overtaken).sum();
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
              wrong.add(key + ": put twice, with other content");
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

  /// What a planted defect makes of a message that is to be sent; empty when it is lost.
  Optional<Message> planted(Message message) {
    return planted.of(message);
  }

  /// Sends, and watches that what the message follows from is there, and what a marked queue holds.
  CompletableFuture<Boolean> send(
      String queueName, Message message, Duration delay, Deadline deadline) {
    var cause = cause(message);
    if (cause != null && store.head(cause).join().isEmpty()) {
      wrong.add("order: " + message.deduplicationId() + " was sent before " + cause + " was put");
    }
    var sent = queue(queueName).sendLater(message, delay, deadline);
    var mark = marks.get(queueName);
    if (mark != null) {
      mark.look();
    }
    wake();
    return sent;
  }

  /// The object that must be there before a message is sent; null if none must.
  private static @Nullable String cause(Message message) {
    return switch (message) {
      case ExtractTask task -> Keys.archive(task.job(), task.part(), task.task());
      case SplitTask.Leftovers task -> Keys.archive(task.job(), task.part(), task.task());
      case SplitTask.Part part -> part.part() == 0 ? null : Keys.plan(part.job(), part.part() - 1);
      case FetchTask task -> Keys.plan(task.job(), task.part());
      case ReportTask.Planned planned -> Keys.plan(planned.job(), planned.part());
      case ReportTask.RowsStored stored when stored.task().name().endsWith(".999") ->
          null; // a planted one
      case ReportTask.RowsStored stored -> Keys.rows(stored.job(), stored.part(), stored.task());
      case ReportTask.HeldBack _, ReportTask.Rebuild _ -> null;
    };
  }

  /// Has a queue watched that sends of this invocation wait for.
  void watch(String queueName, long high, Invocation sender) {
    marks
        .computeIfAbsent(queueName, name -> new Mark(name, queue(name), wrong))
        .joins(sender, high);
  }

  /// One who sends to a marked queue looks how much it holds, while so many of its own are on their
  /// way there.
  void asks(String queueName, int inFlight) {
    marks.get(queueName).asks(inFlight);
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

  /// Until every queue is empty and nothing runs.
  ///
  /// @throws IllegalStateException if that is not so after very many steps
  void untilQuiet() {
    untilQuiet(MOST_STEPS);
  }

  void untilQuiet(int mostSteps) {
    for (var steps = 0; !mappings.stream().allMatch(SimulatedMapping::isQuiet); steps++) {
      if (steps == mostSteps || !simulation.step()) {
        throw new IllegalStateException("not quiet after " + steps + " steps");
      }
    }
  }

  /// Lets so much time pass.
  void passes(Duration time) {
    simulation.after(time, () -> {}); // the clock moves only if something is to happen
    var until = simulation.now().plus(time);
    simulation.until(() -> !simulation.now().isBefore(until));
  }

  /// Of the function, which one queue feeds.
  SimulatedMapping mapping(String function) {
    return mappings.stream().filter(each -> each.feeds(function)).findFirst().orElseThrow();
  }

  /// Has the schedule sweep, so much later, and waits until all is quiet again.
  void sweep(Duration later, Duration jobDeadline) throws Exception {
    passes(later);
    simulation.await(
        SimulatedSweep.run(
            store,
            outbox("SplitQueue"),
            outbox("ReportQueue"),
            jobDeadline,
            log(),
            simulation.run(Duration.ofMinutes(14))));
    wake();
    untilQuiet();
  }

  @SuppressWarnings("unchecked") // the queue of these messages
  private <M extends Message> Outbox<M> outbox(String queue) {
    return (Outbox<M>) queue(queue);
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
