package dev.sluice.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Target;
import dev.sluice.flow.Visit;
import dev.sluice.memory.MemoryWeb.ScriptedAnswer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What hosts see of many invocations, one after the other.
class HostPolitenessTest {
  private static final String IN = FetchFixture.host(true, 1);
  private static final String ALSO_IN = FetchFixture.host(true, 2);
  private static final ScriptedAnswer REFUSED =
      new ScriptedAnswer.Broken(Duration.ofMillis(1), false, Fault.Failed.CONNECT, "refused");

  private static Fault fault(Visit visit) {
    return switch (visit.ending()) {
      case Ending.Failed(var fault, _) -> fault;
      case Ending.Refused(var fault, _) -> fault;
      case Ending.Stored _, Ending.Duplicate _ -> throw new AssertionError(visit + " has none");
    };
  }

  private static void assertPolite(String what, FetchFixture fixture) {
    var last = new HashMap<String, Instant>();
    for (var one : fixture.web.asked()) {
      assertThat(one.atOnce()).as(what).isLessThanOrEqualTo(fixture.perHost);
      var before = last.put(one.url().authority(), one.at());
      if (before != null) {
        assertThat(Duration.between(before, one.at()))
            .as("%s: gap before %s", what, one)
            .isGreaterThanOrEqualTo(fixture.perHostDelay);
      }
    }
  }

  @Test
  void aStartKeepsItsDistanceToTheLastOneOfTheInvocationBefore() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.page("x"));
    fixture.perHostDelay = Duration.ofSeconds(1);

    fixture.fetch(fixture.task(0, FetchFixture.targets(IN, 1, 1)));
    fixture.fetch(fixture.task(1, FetchFixture.targets(IN, 2, 1)));

    assertPolite("two invocations", fixture);
    assertThat(fixture.web.asked()).hasSize(2);
  }

  @Test
  void manyTasksOfASlowHostTakeTheirTurnsAndGoNoDeeperEachTime() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.page("x"));
    fixture.perHostDelay = Duration.ofSeconds(5);
    var tasks = new ArrayList<FetchTask>();
    for (var task = 0; task < 10; task++) {
      tasks.add(fixture.task(task, FetchFixture.targets(IN, task * 20 + 1, 20)));
    }

    var invocations = fixture.fetchToTheEnd(tasks);

    assertThat(fixture.ended).hasSize(200);
    assertPolite("slow host", fixture);
    assertThat(fixture.deepest).as("rounds").isLessThanOrEqualTo(8);
    assertThat(invocations).as("for 200 requests").isLessThanOrEqualTo(400);
  }

  @Test
  void whatARoundHasNoTimeForComesBackTogetherAtTheNextSlot() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.page("x"));
    fixture.invocation = Duration.ofSeconds(10);
    var begun = fixture.simulation.now();

    fixture.fetch(fixture.task(FetchFixture.targets(IN, 1, 80)));

    var left = fixture.archive().leftovers();
    assertThat(left).hasSizeGreaterThan(30);
    assertThat(left.stream().map(each -> each.notBefore()).distinct()).hasSize(1);
    assertThat(left.getFirst().notBefore()).isBefore(begun.plusSeconds(10));
  }

  @Test
  void aHostThatCannotBeReachedIsLeftOverUntilItsProbeIsDue() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> REFUSED);
    fixture.hostBackOff = Duration.ofSeconds(30);

    fixture.fetch(fixture.task(0, FetchFixture.targets(IN, 1, 20)));
    var asked = fixture.web.asked().size();
    fixture.fetch(fixture.task(1, FetchFixture.targets(IN, 21, 20)));

    assertThat(asked).as("five misses, and who was under way").isBetween(5, 6);
    assertThat(fixture.web.asked()).as("open for the next invocation").hasSize(asked);
    var left = fixture.archive(fixture.task(1, FetchFixture.targets(IN, 1, 1)).task()).leftovers();
    assertThat(left).hasSize(20).allMatch(each -> each.parked());
    assertThat(left).allMatch(each -> each.target().deferrals() == 1);
    assertThat(left.stream().map(each -> each.notBefore()).distinct()).hasSize(1);
  }

  @Test
  void aProbeIsAskedAloneAndItsAnswerClosesTheBreaker() throws Exception {
    var back = Instant.parse("2026-01-01T00:00:20Z");
    var fixture = new FixtureOfAComeback(back);

    fixture.it.fetchToTheEnd(List.of(fixture.it.task(FetchFixture.targets(IN, 1, 30))));

    assertThat(fixture.it.ended.values())
        .hasSize(30)
        .allMatch(visit -> visit.ending() instanceof Ending.Stored);
    var first =
        fixture.it.web.asked().stream().filter(asked -> !asked.at().isBefore(back)).toList();
    assertThat(Duration.between(first.get(0).at(), first.get(1).at()))
        .as("nobody beside the probe")
        .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(first).as("then as many as ever").anyMatch(asked -> asked.atOnce() == 2);
  }

  /// A host that refuses connections until it is back, and then takes a second an answer.
  private static final class FixtureOfAComeback {
    final FetchFixture it;

    FixtureOfAComeback(Instant back) {
      var self = new FetchFixture[1];
      it =
          new FetchFixture(
              1,
              (_, _) ->
                  self[0].simulation.now().isBefore(back)
                      ? REFUSED
                      : new ScriptedAnswer.Response(Duration.ofSeconds(1), 200, List.of(), "x"));
      self[0] = it;
    }
  }

  @Test
  void aHostOutOfReachFiveTimesInARowEndsAndSoDoesWhatIsLeftOfIt() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> REFUSED);
    var tasks =
        List.of(
            fixture.task(0, FetchFixture.targets(IN, 1, 20)),
            fixture.task(1, FetchFixture.targets(IN, 21, 20)));

    var invocations = fixture.fetchToTheEnd(tasks);

    assertThat(fixture.ended).hasSize(40);
    assertThat(fixture.ended.values()).allMatch(visit -> fault(visit) == Fault.Failed.CONNECT);
    assertThat(fixture.web.asked()).as("requests for 40 URLs").hasSizeLessThan(15);
    assertThat(invocations).isLessThanOrEqualTo(12);
  }

  @Test
  void aHostThatAnswers429ForEverEndsWithItsAnswer() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.status(429, "Retry-After: 60"));
    fixture.maxAttempts = 20;

    var invocations =
        fixture.fetchToTheEnd(List.of(fixture.task(FetchFixture.targets(IN, 1, 100))));

    assertThat(fixture.ended).hasSize(100);
    assertThat(fixture.ended.values()).allMatch(visit -> fault(visit) == Fault.Failed.HTTP);
    assertThat(invocations).as("and not 150 rounds").isLessThanOrEqualTo(6);
    assertThat(fixture.web.asked()).hasSizeLessThanOrEqualTo(7);
  }

  @Test
  void a503WithoutRetryAfterParksTheHostAsWell() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.status(503));
    fixture.hostBackOff = Duration.ofSeconds(20);
    var begun = fixture.simulation.now();

    fixture.fetch(fixture.task(FetchFixture.targets(IN, 1, 10)));

    assertThat(fixture.web.asked()).hasSizeLessThanOrEqualTo(2);
    assertThat(fixture.archive().leftovers())
        .hasSize(10)
        .allMatch(left -> left.parked() && left.notBefore().isAfter(begun.plusSeconds(9)));
  }

  @Test
  void aHostThatLetsThreeThroughBetweenItsRefusalsLosesNone() throws Exception {
    var count = new int[1];
    var fixture =
        new FetchFixture(
            1,
            (_, _) ->
                count[0]++ % 4 == 3
                    ? ScriptedAnswer.status(429, "Retry-After: 10")
                    : ScriptedAnswer.page("x"));
    fixture.perHost = 1;
    fixture.maxAttempts = 20;
    var tasks = new ArrayList<FetchTask>();
    for (var task = 0; task < 5; task++) {
      tasks.add(fixture.task(task, FetchFixture.targets(IN, task * 20 + 1, 20)));
    }

    fixture.fetchToTheEnd(tasks);

    assertThat(fixture.ended).hasSize(100);
    assertThat(fixture.ended.values()).allMatch(visit -> visit.ending() instanceof Ending.Stored);
  }

  @Test
  void nothingIsAskedOfAHostDuringItsRetryAfterAndNoneOfItsUrlsIsLost() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, before) ->
                url.pathAndQuery().equals("/1") && before == 0
                    ? ScriptedAnswer.status(503, "Retry-After: 30")
                    : ScriptedAnswer.page("x"));
    var tasks =
        List.of(
            fixture.task(0, FetchFixture.targets(IN, 1, 20)),
            fixture.task(1, FetchFixture.targets(IN, 21, 20)));

    fixture.fetchToTheEnd(tasks);

    assertThat(fixture.ended).hasSize(40);
    assertThat(fixture.ended.values()).allMatch(visit -> visit.ending() instanceof Ending.Stored);
    var refused = fixture.web.asked().getFirst().at().plusMillis(10);
    assertThat(fixture.web.asked())
        .noneMatch(
            asked -> asked.at().isAfter(refused) && asked.at().isBefore(refused.plusSeconds(30)));
  }

  @Test
  void manyHostsThatRedirectToOneOfTheirHostGroupDoNotCrowdIt() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                url.host().equals(IN)
                    ? new ScriptedAnswer.Response(Duration.ofSeconds(3), 200, List.of(), "x")
                    : ScriptedAnswer.status(302, "Location: http://" + IN + url.pathAndQuery()));
    var targets = new ArrayList<Target>();
    for (var line = 1; line <= 40; line++) {
      var url = "http://" + FetchFixture.host(true, 100 + line) + "/" + line;
      targets.add(Target.first(line, url, url));
    }

    fixture.fetchToTheEnd(List.of(fixture.task(targets)));

    assertThat(fixture.ended).hasSize(40);
    assertThat(fixture.ended.values()).allMatch(visit -> visit.ending() instanceof Ending.Stored);
    assertPolite("redirects to one host", fixture);
  }

  @Test
  void twoHostsThatRedirectToEachOtherDoNotWaitForEachOther() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                url.pathAndQuery().startsWith("/to")
                    ? ScriptedAnswer.page("x")
                    : ScriptedAnswer.status(
                        302,
                        "Location: http://"
                            + (url.host().equals(IN) ? ALSO_IN : IN)
                            + "/to"
                            + url.pathAndQuery().substring(1)));
    fixture.perHost = 1;
    var targets = new ArrayList<>(FetchFixture.targets(IN, 1, 5));
    targets.addAll(FetchFixture.targets(ALSO_IN, 6, 5));

    fixture.fetchToTheEnd(List.of(fixture.task(targets)));

    assertThat(fixture.ended).hasSize(10);
    assertThat(fixture.ended.values()).allMatch(visit -> visit.ending() instanceof Ending.Stored);
    assertPolite("a cross of redirects", fixture);
  }

  @Test
  void whatARoundLearntOfHostsIsKeptWhenItsArchiveCannotBePut() {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.page("x"));
    fixture.perHostDelay = Duration.ofMinutes(1);
    fixture.seen = new Refusing(fixture.store, "warc/");

    assertThatThrownBy(() -> fixture.fetch(fixture.task(FetchFixture.targets(IN, 1, 1))))
        .hasMessage("refused");

    assertThat(hosts(fixture)).contains(IN, "\"lastStart\":\"2026-01-01T00:00:00Z\"");
  }

  @Test
  void aParkedHostIsWrittenDownBeforeTheRoundEnds() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                url.host().equals(IN)
                    ? ScriptedAnswer.status(429, "Retry-After: 3600")
                    : new ScriptedAnswer.Response(Duration.ofSeconds(4), 200, List.of(), "slow"));
    var targets = new ArrayList<>(FetchFixture.targets(IN, 1, 1));
    targets.addAll(FetchFixture.targets(ALSO_IN, 2, 1));
    var written = new ArrayList<String>();
    fixture.simulation.after(Duration.ofSeconds(1), () -> written.add(hosts(fixture)));

    fixture.fetch(fixture.task(targets));

    assertThat(written).singleElement().asString().contains(IN, "2026-01-01T01:00:00.010Z");
  }

  private static String hosts(FetchFixture fixture) {
    return new String(fixture.store.get(Keys.hosts(1)).join().orElseThrow().bytes(), UTF_8);
  }

  @Test
  void noHostIsHurriedByManyTasksInAnyHistory() throws Exception {
    for (var seed = 0; seed < 15; seed++) {
      var random = new Random(seed);
      var fixture = new FetchFixture(seed, (url, _) -> any(url.pathAndQuery(), random));
      fixture.ignoreRobots = false;
      fixture.invocation = Duration.ofSeconds(15 + random.nextInt(30));
      fixture.perHostDelay = Duration.ofMillis(random.nextBoolean() ? 200 : 2_500);
      var tasks = new ArrayList<FetchTask>();
      for (var task = 0; task < 3; task++) {
        var targets = new ArrayList<Target>();
        for (var i = 1; i <= 12; i++) {
          targets.addAll(
              FetchFixture.targets(random.nextBoolean() ? IN : ALSO_IN, task * 12 + i, 1));
        }
        tasks.add(fixture.task(task, targets));
      }

      fixture.fetchToTheEnd(tasks);

      assertThat(fixture.ended).as("seed %d", seed).hasSize(36);
      assertPolite("seed " + seed, fixture);
      assertThat(fixture.web.openBodies()).as("seed %d", seed).isZero();
    }
  }

  private static ScriptedAnswer any(String path, Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> ScriptedAnswer.status(503);
      case 1 -> ScriptedAnswer.status(429, "Retry-After: " + random.nextInt(20));
      case 2 -> ScriptedAnswer.status(500);
      case 3 -> REFUSED;
      case 4 -> new ScriptedAnswer.Silence();
      case 5, 6 ->
          ScriptedAnswer.status(
              302, "Location: http://" + (random.nextBoolean() ? IN : ALSO_IN) + path + "x");
      default ->
          new ScriptedAnswer.Response(Duration.ofMillis(random.nextInt(900)), 200, List.of(), "x");
    };
  }

  /// A store that refuses to take objects whose keys begin so.
  private record Refusing(ObjectStore store, String prefix) implements ObjectStore {
    @Override
    public CompletableFuture<Optional<Head>> head(String key) {
      return store.head(key);
    }

    @Override
    public CompletableFuture<Optional<Piece>> get(String key) {
      return store.get(key);
    }

    @Override
    public CompletableFuture<Optional<Piece>> get(String key, long offset, long length) {
      return store.get(key, offset, length);
    }

    @Override
    public CompletableFuture<Optional<Head>> download(String key, Path to) {
      return store.download(key, to);
    }

    @Override
    public CompletableFuture<Put> put(String key, Content content, Condition condition) {
      return key.startsWith(prefix)
          ? CompletableFuture.failedFuture(new IllegalStateException("refused"))
          : store.put(key, content, condition);
    }

    @Override
    public CompletableFuture<Listing> list(String from, String after) {
      return store.list(from, after);
    }
  }
}
