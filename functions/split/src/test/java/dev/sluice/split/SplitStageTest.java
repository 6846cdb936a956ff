package dev.sluice.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.Gzip;
import dev.sluice.archive.Json;
import dev.sluice.archive.Records;
import dev.sluice.async.Deadline;
import dev.sluice.async.Simulation;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.ObjectStore.Put;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Plan;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import dev.sluice.flow.url.AddressRules;
import dev.sluice.flow.url.UrlRules;
import dev.sluice.memory.MemoryOutbox;
import dev.sluice.memory.MemoryStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// What a part becomes, what is sent in which order, and what leftovers become.
///
/// Long for its cases: all are of one stage on the same ports.
class SplitStageTest {
  private static final JobId JOB = new JobId("spring");
  private static final String MANIFEST = Keys.manifest(JOB, false);
  private static final Instant FAR = Instant.parse("9999-12-31T23:59:59Z");
  private static final int HOST_GROUPS = 8;

  private final MemoryStore store = new MemoryStore();
  private final MemoryOutbox<SplitTask> parts = MemoryOutbox.unbounded();
  private final MemoryOutbox<FetchTask> dealt = MemoryOutbox.unbounded();
  private final MemoryOutbox<ReportTask> reportTasks = MemoryOutbox.unbounded();
  private MemoryOutbox<FetchTask> tasks = MemoryOutbox.unbounded();
  private Simulation simulation = new Simulation(1);
  private final MemoryOutbox<FetchTask> opening = MemoryOutbox.unbounded();
  private int partLines = 25_600;
  private int openingTasks;

  private Split split(SplitTask message) throws Exception {
    return split(message, store);
  }

  private Split split(SplitTask message, ObjectStore bucket) throws Exception {
    var ports = new SplitPorts(bucket, parts, opening, tasks, dealt, reportTasks);
    var rules = UrlRules.of(AddressRules.opening(""), "");
    var stage = new SplitStage(ports, rules, partLines, HOST_GROUPS, openingTasks);
    return simulation.await(stage.run(message, simulation.run(Duration.ofSeconds(60))));
  }

  private SplitTask.Part manifest(String key, byte[] bytes) {
    var put = store.put(key, new Content.Bytes(bytes), new Condition.Always()).join();
    var etag = ((Put.Done) put).etag();
    return new SplitTask.Part(JOB, key, etag, 0, 0, 1, 0, FAR);
  }

  private SplitTask.Part manifest(String... lines) {
    return manifest(MANIFEST, (String.join("\n", lines) + "\n").getBytes(UTF_8));
  }

  private static String[] urls(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "http://h" + i % 40 + ".example/" + i)
        .toArray(String[]::new);
  }

  private Plan plan(int part) throws IOException {
    return Gzip.read(Plan.class, store.get(Keys.plan(JOB, part)).join().orElseThrow().bytes());
  }

  @Test
  void aPartIsPlannedOnceAndTheBooksHearOfItBeforeAnyTaskGoesOut() throws Exception {
    var part = manifest("http://a.example/", "garbage", "http://a.example/", "ftp://a.example/");

    var split = split(part);

    assertThat(split.result()).isEqualTo(SplitResult.PLANNED);
    assertThat(reportTasks.messages()).containsExactly(plan(0).planned());
    assertThat(plan(0).accepted()).isEqualTo(4);
    assertThat(plan(0).counts().refused()).isEqualTo(2);
    assertThat(plan(0).counts().duplicate()).isEqualTo(1);
    assertThat(tasks.messages()).isEqualTo(plan(0).tasks()).hasSize(1);
    assertThat(store.head(Keys.splitRows(JOB, 0)).join()).isPresent();
    assertThat(parts.sent()).as("there is no next part").isEmpty();
  }

  @Test
  void aRedeliveredPartPlansNothingAgainAndRepeatsItsSends() throws Exception {
    var part = manifest(urls(300));
    split(part);
    var planned = store.head(Keys.plan(JOB, 0)).join();
    var sent = tasks.messages();
    tasks = MemoryOutbox.unbounded();

    assertThat(split(part).result()).isEqualTo(SplitResult.AGAIN);

    assertThat(store.head(Keys.plan(JOB, 0)).join()).isEqualTo(planned);
    assertThat(tasks.messages()).isEqualTo(sent);
  }

  @Test
  void aPartThatIsHeldAtTheMarkYieldsAndGoesOnWithTheFirstTaskThatWasNotSent() throws Exception {
    var part = manifest(urls(2_000));
    tasks = MemoryOutbox.bounded(3);

    var split = split(part);

    assertThat(split).isEqualTo(new Split(SplitResult.YIELDED, 3));
    var rest = (SplitTask.Part) parts.messages().getFirst();
    assertThat(rest.firstTask()).isEqualTo(3);
    var first = tasks.messages();
    tasks = MemoryOutbox.unbounded();
    split(rest);
    var all = new ArrayList<>(first);
    all.addAll(tasks.messages());
    assertThat(all).isEqualTo(plan(0).tasks());
  }

  private SplitTask.Part held(SplitTask.Part part, int turns) throws Exception {
    var rest = part;
    for (var turn = 0; turn < turns; turn++) {
      assertThat(split(rest).result()).isEqualTo(SplitResult.YIELDED);
      rest = (SplitTask.Part) parts.messages().getLast();
    }
    return rest;
  }

  /// So many turns later, for nothing, at this task.
  private static SplitTask.Part idle(SplitTask.Part part, int task, int turns) {
    return new SplitTask.Part(
        part.job(),
        part.manifest(),
        part.etag(),
        part.part(),
        part.offset(),
        part.line(),
        task,
        part.deadline(),
        turns,
        0,
        null);
  }

  @Test
  void aTurnWithoutATaskIsCountedAndOneWithATaskBeginsAnew() throws Exception {
    var part = manifest(urls(2_000));
    tasks = MemoryOutbox.bounded(0);
    assertThat(held(part, 3).idleTurns()).isEqualTo(3);

    tasks = MemoryOutbox.bounded(2);
    assertThat(held(part, 1).idleTurns()).isZero();
    assertThat(held(part.from(2), 2).idleTurns()).isEqualTo(2);
  }

  /// A day of turns: what the queues hold is not worked on. Nothing waits any more, and every line
  /// has its end.
  @Test
  void afterADayOfTurnsForNothingTheRestOfTheJobGivesUp() throws Exception {
    partLines = 1_000;
    var part = manifest(urls(2_000));
    split(part);
    tasks = MemoryOutbox.bounded(0);
    var before = idle(part, 3, SplitStage.MOST_IDLE_TURNS - 1);
    assertThat(held(idle(part, 3, SplitStage.MOST_IDLE_TURNS - 2), 1)).isEqualTo(before);
    var last = held(before, 1);

    assertThat(last.gaveUp())
        .isEqualTo(
            "no task could be sent in 4320 turns in a row: the queues of fetch and extract stayed"
                + " full");
    assertThat(split(last).result()).isEqualTo(SplitResult.AGAIN);
    assertThat(dealt.messages()).hasSize(plan(0).tasks().size() - 3);
    assertThat(dealt.messages()).extracting(FetchTask::gaveUp).containsOnly(last.gaveUp());
    var next = (SplitTask.Part) parts.messages().getLast();
    assertThat(next.part()).isEqualTo(1);
    split(next);
    assertThat(plan(1).counts().faults()).containsExactly(Map.entry("gave_up", 1_000L));
    assertThat(plan(1).never()).extracting(Plan.Never::ending).asString().contains(last.gaveUp());
  }

  @Test
  void pastTheJobsDeadlineTasksDoNotWaitAtTheMark() throws Exception {
    var part = manifest(urls(300));
    tasks = MemoryOutbox.bounded(1);
    assertThat(split(part).result()).isEqualTo(SplitResult.YIELDED);
    var over = simulation.now();

    var rest = new SplitTask.Part(JOB, MANIFEST, part.etag(), 0, 0, 1, 1, over);

    assertThat(split(rest).result()).isEqualTo(SplitResult.AGAIN);
    assertThat(dealt.messages()).hasSize(plan(0).tasks().size() - 1);
    assertThat(dealt.messages()).extracting(FetchTask::deadline).containsOnly(over);
    assertThat(dealt.messages()).extracting(FetchTask::gaveUp).containsOnlyNulls();
  }

  @Test
  void leftoversThatGiveUpAreDealtAtOnce() throws Exception {
    var leftovers = leftovers(simulation.now().plus(Duration.ofMinutes(40))).givingUp("why");

    assertThat(split(leftovers)).isEqualTo(new Split(SplitResult.DEALT, 1));

    assertThat(dealt.messages().getFirst().gaveUp()).isEqualTo("why");
  }

  @Test
  void theFirstTasksOfAJobGoByAPortOfTheirOwn() throws Exception {
    openingTasks = 5;
    partLines = 1_000;
    tasks = MemoryOutbox.bounded(2);

    assertThat(split(manifest(urls(2_000)))).isEqualTo(new Split(SplitResult.YIELDED, 7));
    assertThat(opening.messages()).isEqualTo(plan(0).tasks().subList(0, 5));
    assertThat(tasks.messages()).isEqualTo(plan(0).tasks().subList(5, 7));

    tasks = MemoryOutbox.unbounded();
    split(parts.messages().getFirst());
    split(parts.messages().getLast());
    assertThat(opening.messages()).as("none of the second part").hasSize(5);
    assertThat(tasks.messages()).hasSize(plan(0).tasks().size() - 7 + plan(1).tasks().size());
  }

  @Test
  void partsCoverTheListAndOneThatComesAgainStartsNoSecondChain() throws Exception {
    partLines = 100;
    var first = manifest(urls(250));
    split(first);
    var second = (SplitTask.Part) parts.messages().get(0);
    split(second);
    split((SplitTask.Part) parts.messages().get(1));

    split(first);

    assertThat(parts.sent()).as("a plan of the second part is there").hasSize(2);
    assertThat(plan(2).last()).isTrue();
    assertThat(
            IntStream.range(0, 3)
                .mapToObj(this::planned)
                .flatMap(plan -> plan.tasks().stream())
                .flatMap(task -> task.targets().stream())
                .map(Target::line)
                .sorted())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 250).mapToObj(Long::valueOf).toList());
  }

  private Plan planned(int part) {
    try {
      return plan(part);
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  @Test
  void aUrlOfAnEarlierPartIsADuplicateInALaterOne() throws Exception {
    partLines = 2;
    split(manifest("http://a.example/", "http://b.example/", "http://a.example/#top"));
    split((SplitTask.Part) parts.messages().getFirst());

    assertThat(plan(1).counts().duplicate()).isEqualTo(1);
    assertThat(plan(1).tasks()).isEmpty();
  }

  @Test
  void ofEarlierPartsNothingIsReadButTheirKeys() throws Exception {
    partLines = 2;
    split(manifest(repeated(42)));
    for (var part = 0; part < 20; part++) {
      split((SplitTask.Part) parts.messages().get(part));
      var key = Keys.plan(JOB, part);
      store.put(key, new Content.Bytes(new byte[] {1}), new Condition.Always()).join();
    }

    assertThat(plan(20).counts().duplicate()).isEqualTo(2);
  }

  /// Whoever planned the first died before it put the keys, and somebody asks for the second.
  @Test
  void keysThatAreMissingStandInThePlan() throws Exception {
    partLines = 2;
    var first = manifest(repeated(4));
    var dying = new Dying(store, Keys.planKeys(JOB, 0));
    assertThatThrownBy(() -> split(first, dying)).hasMessageContaining("died before");

    var at = plan(0);
    split(
        new SplitTask.Part(JOB, MANIFEST, first.etag(), 1, at.nextOffset(), at.nextLine(), 0, FAR));

    assertThat(plan(1).counts().duplicate()).isEqualTo(2);
  }

  /// The last two are the first two.
  private static String[] repeated(int count) {
    var urls = urls(count);
    System.arraycopy(urls, 0, urls, count - 2, 2);
    return urls;
  }

  @Test
  void aGzippedManifestGivesTheSamePlans() throws Exception {
    partLines = 100;
    split(manifest(urls(250)));
    split((SplitTask.Part) parts.messages().getFirst());
    var plain = plan(1).tasks().stream().map(FetchTask::targets).toList();
    var gzipped = new SplitStageTest();
    gzipped.partLines = 100;
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write((String.join("\n", urls(250)) + "\n").getBytes(UTF_8));
    }

    gzipped.split(gzipped.manifest(Keys.manifest(JOB, true), bytes.toByteArray()));
    gzipped.split((SplitTask.Part) gzipped.parts.messages().getFirst());

    assertThat(gzipped.plan(1).tasks().stream().map(FetchTask::targets).toList()).isEqualTo(plain);
  }

  @Test
  void aTaskHasTheHostsOfItsHostGroupInTurn() throws Exception {
    split(manifest(urls(2_000)));

    for (var task : plan(0).tasks()) {
      var hosts =
          task.targets().stream()
              .limit(4)
              .map(target -> target.url().split("/", -1)[2])
              .collect(Collectors.toSet());
      assertThat(hosts).as("task %s", task.task()).hasSizeGreaterThan(2);
      assertThat(task.targets()).hasSizeLessThanOrEqualTo(FetchTask.MAX_TARGETS);
    }
  }

  /// At the mark there must be work for as many invocations as there are host groups.
  @Test
  void theFirstTasksAreOfAllHostGroups() throws Exception {
    split(manifest(urls(2_000)));

    var hostGroups = plan(0).tasks().stream().map(FetchTask::hostGroup).toList();
    assertThat(hostGroups).hasSizeGreaterThan(2 * HOST_GROUPS);
    assertThat(hostGroups.subList(0, HOST_GROUPS)).doesNotHaveDuplicates();
    assertThat(hostGroups.subList(HOST_GROUPS, 2 * HOST_GROUPS)).doesNotHaveDuplicates();
  }

  @Test
  void pastTheJobsDeadlineNothingIsPlannedToBeFetched() throws Exception {
    var part = manifest("http://a.example/", "http://b.example/");

    split(
        new SplitTask.Part(
            JOB, MANIFEST, part.etag(), 0, 0, 1, 0, simulation.now().minusSeconds(1)));

    assertThat(plan(0).counts().faults()).containsEntry("gave_up", 2L);
    assertThat(tasks.sent()).isEmpty();
  }

  @Test
  void aPartThatIsSplitAgainWithALaterDeadlineSendsItsTasksWithThatOne() throws Exception {
    var part = manifest(urls(30));
    split(part);
    var later = FAR.minusSeconds(1);

    split(new SplitTask.Part(JOB, MANIFEST, part.etag(), 0, 0, 1, 0, later));

    var again = tasks.messages().subList(plan(0).tasks().size(), tasks.messages().size());
    assertThat(again).hasSize(plan(0).tasks().size());
    assertThat(again).extracting(FetchTask::deadline).containsOnly(later);
  }

  @Test
  void aManifestThatChangedIsNotSplit() throws Exception {
    var part = manifest("http://a.example/");
    manifest("http://b.example/");

    var refused = split(part);
    assertThat(refused.result()).isEqualTo(SplitResult.ANOTHER_LIST);
    assertThat(refused.detail())
        .startsWith("manifests/spring.txt must not change while its job runs");
    assertThat(store.head(Keys.plan(JOB, 0)).join()).isEmpty();
  }

  @Test
  void aManifestThatIsPutAnewIsRefusedByNameAndThePlanOfTheFirstStays() throws Exception {
    split(manifest(urls(30)));
    var planned = store.head(Keys.plan(JOB, 0)).join();
    var sent = tasks.sent().size();
    var anew = manifest("http://b.example/");

    var refused = split(anew);
    assertThat(refused.result()).isEqualTo(SplitResult.ANOTHER_LIST);
    assertThat(refused.detail())
        .startsWith(
            "manifests/spring.txt was put anew: part 0 is planned from \"1\", and "
                + anew.etag()
                + " is");

    assertThat(store.head(Keys.plan(JOB, 0)).join()).isEqualTo(planned);
    assertThat(tasks.sent()).hasSize(sent);
  }

  /// The first part is planned; then there is another list.
  @Test
  void aListThatIsPutAnewBetweenItsPartsEndsThere() throws Exception {
    partLines = 10;
    split(manifest(urls(30)));
    var second = (SplitTask.Part) parts.messages().getFirst();
    manifest("http://b.example/");

    assertThat(split(second).result()).isEqualTo(SplitResult.PLANNED);

    assertThat(plan(1).last()).isTrue();
    assertThat(plan(1).accepted()).isZero();
    assertThat(plan(1).unread()).contains("must not change while its job runs");
    assertThat(reportTasks.messages()).contains(plan(1).planned());
  }

  /// Cut in its middle, no gzip at all, and a list that inflates too far.
  @Test
  void aGzippedListThatBreaksEndsWhereItBreaks() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      for (var i = 0; i < 20_000; i++) {
        gzip.write(("http://h.example/" + Integer.toHexString(i * 7_919) + "\n").getBytes(UTF_8));
      }
    }
    var whole = bytes.toByteArray();
    partLines = 100_000;

    split(manifest(Keys.manifest(JOB, true), Arrays.copyOf(whole, whole.length / 2)));

    assertThat(plan(0).last()).isTrue();
    assertThat(plan(0).accepted()).isBetween(5_000L, 15_000L);
    assertThat(plan(0).unread())
        .startsWith("manifests/spring.txt.gz must be whole gzip, got after");

    var noGzip = new SplitStageTest();
    noGzip.split(noGzip.manifest(Keys.manifest(JOB, true), "http://a.example/".getBytes(UTF_8)));
    assertThat(noGzip.plan(0).accepted()).isZero();
    assertThat(noGzip.plan(0).unread()).startsWith("manifests/spring.txt.gz must be gzip: ");
  }

  @Test
  void theRowsOfAPartAreThoseOfItsPlanWhoeverDiedBeforeThem() throws Exception {
    var part = manifest("http://a.example/", "garbage", "http://a.example/");
    var late =
        new SplitTask.Part(
            JOB, MANIFEST, part.etag(), 0, 0, 1, 0, simulation.now().minusSeconds(1));
    var dead = new Dying(store, Keys.splitRows(JOB, 0));
    assertThatThrownBy(() -> split(late, dead)).hasMessageContaining("died");
    assertThat(reportTasks.sent()).as("nothing is told of rows that are not there").isEmpty();

    assertThat(split(part).result()).isEqualTo(SplitResult.AGAIN);

    assertThat(rows()).containsExactly("gave_up", "bad_url", "repeats line 1");
    assertThat(reportTasks.messages()).containsExactly(plan(0).planned());
    assertThat(plan(0).counts().failed()).isEqualTo(1);
  }

  /// In the words that tell them apart.
  private List<String> rows() throws IOException {
    var bytes = store.get(Keys.splitRows(JOB, 0)).join().orElseThrow().bytes();
    try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .map(Json::tree)
          .map(row -> row.get("fault").isNull() ? row.get("detail") : row.get("fault"))
          .map(JsonNode::asText)
          .toList();
    }
  }

  @Test
  void noTaskGoesOutBeforeTheBooksHaveThePart() throws Exception {
    var part = manifest(urls(300));
    var asked = new CompletableFuture<Boolean>();
    var slow = new Slow(asked);
    var ports = new SplitPorts(store, parts, tasks, tasks, dealt, slow);
    var stage =
        new SplitStage(ports, UrlRules.of(AddressRules.opening(""), ""), 100, HOST_GROUPS, 0);
    var split = stage.run(part, simulation.run(Duration.ofSeconds(60)));
    var steps = 0;
    while (simulation.step()) {
      steps++;
    }
    assertThat(steps).isPositive();
    assertThat(tasks.sent()).isEmpty();

    asked.complete(true);
    simulation.await(split);

    assertThat(tasks.messages()).isEqualTo(plan(0).tasks());
  }

  /// Takes a report task when it is told to.
  private record Slow(CompletableFuture<Boolean> taken) implements Outbox<ReportTask> {
    @Override
    public CompletableFuture<Boolean> send(ReportTask message, Deadline deadline) {
      return taken;
    }

    @Override
    public CompletableFuture<Boolean> sendLater(
        ReportTask message, Duration delay, Deadline deadline) {
      return taken;
    }
  }

  @Test
  void ofTwoThatPlanAtOnceBothSendWhatTheWinnerPlanned() throws Exception {
    for (var seed = 0; seed < 20; seed++) {
      var race = new SplitStageTest();
      race.simulation = new Simulation(seed);
      var part = race.manifest(urls(30));
      var ports =
          new SplitPorts(
              race.store, race.parts, race.opening, race.tasks, race.dealt, race.reportTasks);
      var stage =
          new SplitStage(ports, UrlRules.of(AddressRules.opening(""), ""), 100, HOST_GROUPS, 0);
      var one = stage.run(part, race.simulation.run(Duration.ofSeconds(60)));
      var two = stage.run(part, race.simulation.run(Duration.ofSeconds(60)));

      race.simulation.await(one);
      race.simulation.await(two);

      assertThat(race.reportTasks.messages()).hasSize(2).containsOnly(race.plan(0).planned());
      assertThat(race.tasks.messages()).containsAll(race.plan(0).tasks());
    }
  }

  @Test
  void leftoversBecomeTheNextRoundsTask() throws Exception {
    var leftovers = leftovers(simulation.now());

    assertThat(split(leftovers)).isEqualTo(new Split(SplitResult.DEALT, 1));

    var task = dealt.messages().getFirst();
    assertThat(task.task()).isEqualTo(TaskId.planned(7).child(1));
    assertThat(task.round()).isEqualTo(1);
    assertThat(task.hostGroup()).isEqualTo(5);
    assertThat(task.targets()).extracting(Target::line).containsExactly(3L, 4L);
  }

  @Test
  void leftoversThatAreNotDueAreSentAgainInHopsAndStayTheSameRound() throws Exception {
    var leftovers = leftovers(simulation.now().plus(Duration.ofMinutes(40)));

    assertThat(split(leftovers)).isEqualTo(new Split(SplitResult.EARLY, 0));

    assertThat(parts.sent())
        .containsExactly(new MemoryOutbox.Sent<>(leftovers, Duration.ofMinutes(15)));
    assertThat(dealt.sent()).isEmpty();
  }

  @Test
  void leftoversComeBackAtTheJobsDeadlineWhenTheyAreDueAfterIt() throws Exception {
    var deadline = simulation.now().plusSeconds(10);
    var leftovers = leftovers(simulation.now().plus(Duration.ofHours(1)), deadline);

    assertThat(split(leftovers)).isEqualTo(new Split(SplitResult.EARLY, 0));
    assertThat(parts.sent())
        .containsExactly(new MemoryOutbox.Sent<>(leftovers, Duration.ofSeconds(10)));

    simulation.await(simulation.run(Duration.ofMinutes(1)).sleep(Duration.ofSeconds(10)));
    assertThat(split(leftovers))
        .as("dealt, so that fetch gives them up")
        .isEqualTo(new Split(SplitResult.DEALT, 1));
  }

  private SplitTask.Leftovers leftovers(Instant due) throws IOException {
    return leftovers(due, FAR);
  }

  private SplitTask.Leftovers leftovers(Instant due, Instant deadline) throws IOException {
    var task = TaskId.planned(7);
    var key = Keys.archive(JOB, 0, task);
    var left =
        List.of(new Leftover(target(3), 5, due, false), new Leftover(target(4), 5, due, false));
    var head = "not read\n".getBytes(UTF_8);
    var record = new Records(key).leftovers(left, simulation.now());
    var archive = new ByteArrayOutputStream();
    archive.write(head);
    archive.write(record);
    store.put(key, new Content.Bytes(archive.toByteArray()), new Condition.Always());
    return new SplitTask.Leftovers(JOB, 0, task, 1, head.length, record.length, due, deadline);
  }

  private static Target target(long line) {
    var url = "http://h.example/" + line;
    return new Target(line, url, url, 1, List.of(), 0, 1, null);
  }
}
