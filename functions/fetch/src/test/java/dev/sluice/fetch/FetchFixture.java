package dev.sluice.fetch;

import dev.sluice.archive.ArchiveReader;
import dev.sluice.async.Run;
import dev.sluice.async.Simulation;
import dev.sluice.fetch.guard.HostsFile;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Followers;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.LeftoverGroups;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import dev.sluice.flow.Visit;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.HostGroup;
import dev.sluice.flow.url.UrlRules;
import dev.sluice.flow.url.WebUrl;
import dev.sluice.memory.MemoryOutbox;
import dev.sluice.memory.MemoryStore;
import dev.sluice.memory.MemoryWeb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;

/// A stage on a simulated run, over a store and a web in memory, with outboxes that record.
final class FetchFixture {
  static final JobId JOB = new JobId("spring");
  static final int HOST_GROUPS = 4;
  private static final Path TEMP = Path.of(System.getProperty("java.io.tmpdir"));
  private static final Instant FAR = Instant.parse("9999-12-31T23:59:59Z");

  final Simulation simulation;
  final MemoryStore store = new MemoryStore();

  /// What the stage puts into and reads from.
  ObjectStore seen = store;

  final MemoryWeb web;
  final MemoryOutbox<ExtractTask> extracts = MemoryOutbox.unbounded();
  final MemoryOutbox<SplitTask> splits = MemoryOutbox.unbounded();
  int perHost = 2;
  Duration perHostDelay = Duration.ofMillis(200);
  Duration hostBackOff = Duration.ofSeconds(2);
  int maxAttempts = 3;
  int retryBudgetPercent = 1_900;
  Duration timeout = Duration.ofSeconds(5);
  boolean ignoreRobots = true;
  long archiveMaxBytes = 1 << 27;
  Duration invocation = Duration.ofSeconds(60);
  Instant jobDeadline = FAR;

  private final int maxBodyBytes;

  FetchFixture(long seed, MemoryWeb.Script script) {
    this(seed, 1 << 20, script);
  }

  FetchFixture(long seed, int maxBodyBytes, MemoryWeb.Script script) {
    this.maxBodyBytes = maxBodyBytes;
    simulation = new Simulation(seed);
    web = new MemoryWeb(simulation, maxBodyBytes, script);
  }

  FetchStage stage() {
    var rules = UrlRules.of(AddressRules.opening(""), "");
    var settings =
        new FetchSettings(
            "bucket",
            "fetch",
            "split",
            "extract",
            HOST_GROUPS,
            100,
            perHost,
            perHostDelay,
            hostBackOff,
            timeout,
            maxAttempts,
            retryBudgetPercent,
            maxBodyBytes,
            archiveMaxBytes,
            1 << 20,
            8,
            "Sluice-Test/1 (+https://example.org/contact)",
            rules,
            HostsFile.EMPTY,
            ignoreRobots,
            Duration.ofSeconds(1));
    return new FetchStage(settings, seen, new Followers(extracts, splits), web, TEMP);
  }

  Run run() {
    return simulation.run(invocation);
  }

  /// One invocation with this task.
  Fetched fetch(FetchTask task) throws Exception {
    return simulation.await(stage().run(task, run()));
  }

  FetchTask task(List<Target> targets) {
    return task(0, targets);
  }

  FetchTask task(int number, List<Target> targets) {
    return new FetchTask(JOB, 0, TaskId.planned(number), 1, targets, jobDeadline);
  }

  /// Lets time pass.
  void sleepUntil(Instant at) {
    simulation.after(Duration.between(simulation.now(), at), () -> {});
    while (simulation.now().isBefore(at)) {
      simulation.step();
    }
  }

  /// What a queue, `split` and Lambda make of tasks: one invocation after the other, as they are
  /// due, and whatever is left over again, until nothing is.
  ///
  /// @return how many invocations that took
  int fetchToTheEnd(List<FetchTask> tasks) throws Exception {
    record Due(Instant at, int order, FetchTask task) {}
    var queue = new PriorityQueue<Due>(Comparator.comparing(Due::at).thenComparingInt(Due::order));
    var order = 0;
    for (var task : tasks) {
      queue.add(new Due(simulation.now(), order++, task));
    }
    var invocations = 0;
    for (var next = queue.poll(); next != null; next = queue.poll()) {
      if (++invocations > 2_000) {
        return Assertions.fail("no end after 2,000 invocations");
      }
      if (next.at.isAfter(simulation.now())) {
        sleepUntil(next.at);
      }
      var task = next.task;
      fetch(task);
      var archive = archive(task.task());
      for (var entry : archive.entries()) {
        if (ended.put(entry.visit().line(), entry.visit()) != null) {
          Assertions.fail("line " + entry.visit().line() + " ended twice");
        }
      }
      for (var group : LeftoverGroups.of(archive.leftovers()).groups()) {
        var child =
            new FetchTask(
                JOB,
                0,
                task.task().child(group.number()),
                group.hostGroup(),
                group.targets(),
                jobDeadline);
        deepest = Math.max(deepest, child.round());
        queue.add(new Due(group.due(), order++, child));
      }
    }
    return invocations;
  }

  /// Outcomes of [#fetchToTheEnd], by line.
  final Map<Long, Visit> ended = new TreeMap<>();

  /// The deepest round of [#fetchToTheEnd].
  int deepest;

  /// Requests of pages: robots.txt left out.
  List<MemoryWeb.AskedUrl> pagesAsked() {
    return web.asked().stream()
        .filter(asked -> !asked.url().pathAndQuery().equals("/robots.txt"))
        .toList();
  }

  /// URLs `http://{host}/{line}`, the first of line `from`.
  static List<Target> targets(String host, int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(line -> "http://" + host + "/" + line)
        .map(url -> Target.first(Long.parseLong(url.substring(url.lastIndexOf('/') + 1)), url, url))
        .toList();
  }

  /// URLs as they stand in a list, the first in line 1.
  FetchTask task(String... urls) {
    var targets = new ArrayList<Target>();
    for (var url : urls) {
      targets.add(Target.first(targets.size() + 1, url, url));
    }
    return task(targets);
  }

  static int hostGroupOf(String url) {
    return HostGroup.of((WebUrl) WebUrl.parse(url), HOST_GROUPS);
  }

  /// A name whose host falls into the host group of [#task], or does not.
  static String host(boolean inHostGroup, int number) {
    for (var i = 0; ; i++) {
      var host = "h" + number + "x" + i + ".example";
      if ((hostGroupOf("http://" + host + "/") == 1) == inHostGroup) {
        return host;
      }
    }
  }

  /// What the archive of the task says, read back from its bytes.
  ArchiveReader.Contents archive(TaskId task) throws IOException {
    var key = Keys.archive(JOB, 0, task);
    var file = Files.createTempFile("sluice-test-", ".warc.gz");
    try {
      if (store.download(key, file).join().isEmpty()) {
        return Assertions.fail("no archive " + key);
      }
      return ArchiveReader.read(file, key);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  ArchiveReader.Contents archive() throws IOException {
    return archive(TaskId.planned(0));
  }

  Visit visit(long line) throws IOException {
    return archive().entries().stream()
        .map(ArchiveReader.ArchivedVisit::visit)
        .filter(visit -> visit.line() == line)
        .findFirst()
        .orElseGet(() -> Assertions.fail("no outcome of line " + line));
  }

  Leftover leftover(long line) throws IOException {
    return archive().leftovers().stream()
        .filter(left -> left.target().line() == line)
        .findFirst()
        .orElseGet(() -> Assertions.fail("line " + line + " is not left over"));
  }
}
