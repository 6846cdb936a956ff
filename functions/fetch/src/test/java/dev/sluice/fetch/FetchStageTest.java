package dev.sluice.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.archive.ArchiveReader;
import dev.sluice.flow.Ending;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.Fault;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import dev.sluice.flow.Visit;
import dev.sluice.memory.MemoryWeb.AskedUrl;
import dev.sluice.memory.MemoryWeb.ScriptedAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a round leaves: one archive, and the sends that follow from it.
///
/// Long for its cases: all are of one stage on the same ports.
class FetchStageTest {
  private static final String IN = FetchFixture.host(true, 1);
  private static final String ALSO_IN = FetchFixture.host(true, 2);
  private static final String OUT = FetchFixture.host(false, 3);

  private static FetchFixture pages() {
    return new FetchFixture(1, (_, _) -> ScriptedAnswer.page("hello"));
  }

  @Test
  void aPageIsStoredAndItsOutcomeLeadsToItsResponse() throws Exception {
    var fixture = pages();

    var fetched = fixture.fetch(fixture.task("http://" + IN + "/a"));

    assertThat(fetched.result()).isEqualTo(FetchResult.FETCHED);
    assertThat(fixture.visit(1).ending()).isEqualTo(new Ending.Stored());
    assertThat(fixture.visit(1).fetchStatus()).isEqualTo(200);
    assertThat(fixture.visit(1).attempts()).isEqualTo(1);
    assertThat(fixture.archive().entries().getFirst().place()).isNotNull();
    assertThat(fixture.extracts.messages())
        .containsExactly(new ExtractTask(FetchFixture.JOB, 0, TaskId.planned(0)));
    assertThat(fixture.splits.sent()).isEmpty();
  }

  @Test
  void aRedeliveredTaskAsksNothingAndRepeatsItsSends() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                url.host().equals(IN)
                    ? ScriptedAnswer.status(302, "Location: http://" + OUT + "/")
                    : ScriptedAnswer.page("x"));
    var task = fixture.task("http://" + IN + "/", "http://" + ALSO_IN + "/");
    fixture.fetch(task);
    var asked = fixture.web.asked().size();

    var again = fixture.fetch(task);

    assertThat(again.result()).isEqualTo(FetchResult.AGAIN);
    assertThat(fixture.web.asked()).hasSize(asked);
    assertThat(fixture.extracts.sent().get(1)).isEqualTo(fixture.extracts.sent().get(0));
    assertThat(fixture.splits.sent().get(1).message())
        .isEqualTo(fixture.splits.sent().get(0).message());
  }

  @Test
  void ofTwoThatRaceTheLoserSendsWhatFollowsFromTheWinnersArchive() throws Exception {
    for (var seed = 0; seed < 50; seed++) {
      var fixture = new FetchFixture(seed, (_, before) -> ScriptedAnswer.page("time " + before));
      var task = fixture.task("http://" + IN + "/a", "http://" + ALSO_IN + "/b");
      var one = fixture.stage().run(task, fixture.run());
      var two = fixture.stage().run(task, fixture.run());

      var results =
          List.of(fixture.simulation.await(one).result(), fixture.simulation.await(two).result());

      assertThat(results)
          .as("seed %d", seed)
          .containsExactlyInAnyOrder(FetchResult.FETCHED, FetchResult.AGAIN);
      assertThat(fixture.extracts.sent()).as("seed %d", seed).hasSize(2);
      assertThat(fixture.extracts.sent().get(0)).isEqualTo(fixture.extracts.sent().get(1));
    }
  }

  @Test
  void aRedirectInsideTheHostGroupIsFollowedAtOnceAndIsNoAttempt() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                url.pathAndQuery().equals("/a")
                    ? ScriptedAnswer.status(301, "Location: /b")
                    : ScriptedAnswer.page("b"));

    fixture.fetch(fixture.task("http://" + IN + "/a"));

    assertThat(fixture.visit(1).ending()).isEqualTo(new Ending.Stored());
    assertThat(fixture.visit(1).urlFinal()).isEqualTo("http://" + IN + "/b");
    assertThat(fixture.visit(1).redirects()).containsExactly("http://" + IN + "/b");
    assertThat(fixture.visit(1).attempts()).isEqualTo(1);
  }

  @Test
  void aRedirectOutOfTheHostGroupIsLeftOverForItsOwn() throws Exception {
    var fixture =
        new FetchFixture(1, (_, _) -> ScriptedAnswer.status(302, "Location: http://" + OUT + "/x"));

    var fetched = fixture.fetch(fixture.task("http://" + IN + "/a"));

    assertThat(fetched.leftOver()).isEqualTo(1);
    var left = fixture.leftover(1);
    assertThat(left.target().next()).isEqualTo("http://" + OUT + "/x");
    assertThat(left.hostGroup()).isEqualTo(FetchFixture.hostGroupOf("http://" + OUT + "/"));
    assertThat(fixture.extracts.sent()).as("an archive without an outcome").isEmpty();
    assertThat(fixture.splits.sent())
        .singleElement()
        .satisfies(sent -> {
          assertThat(sent.delay()).isZero();
          var message = (SplitTask.Leftovers) sent.message();
          assertThat(message.group()).isEqualTo(1);
          var key = Keys.archive(FetchFixture.JOB, 0, TaskId.planned(0));
          var piece = fixture.store.get(key, message.offset(), message.length()).join();
          assertThat(ArchiveReader.leftovers(key, piece.orElseThrow().bytes()))
              .containsExactly(left);
        });
  }

  @Test
  void aCircleOfRedirectsEndsAsALoop() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                ScriptedAnswer.status(
                    302, "Location: " + (url.pathAndQuery().equals("/a") ? "/b" : "/a")));

    fixture.fetch(fixture.task("http://" + IN + "/a"));

    assertThat(fault(fixture, 1)).isEqualTo(Fault.Failed.REDIRECT_LOOP);
    assertThat(fixture.web.asked()).hasSize(2);
  }

  @Test
  void noMoreThanTenRedirectsAreFollowed() throws Exception {
    var fixture =
        new FetchFixture(
            1, (url, _) -> ScriptedAnswer.status(302, "Location: " + url.href() + "x"));

    fixture.fetch(fixture.task("http://" + IN + "/"));

    assertThat(fault(fixture, 1)).isEqualTo(Fault.Failed.REDIRECT_LOOP);
    assertThat(fixture.visit(1).redirects()).hasSize(10);
    assertThat(fixture.web.asked()).hasSize(11);
  }

  @Test
  void aRedirectToAPrivateAddressIsRefusedAndNotAsked() throws Exception {
    var fixture =
        new FetchFixture(
            1, (_, _) -> ScriptedAnswer.status(302, "Location: http://169.254.169.254/key"));

    fixture.fetch(fixture.task("http://" + IN + "/"));

    assertThat(fault(fixture, 1)).isEqualTo(Fault.Refused.ADDRESS);
    assertThat(fixture.web.asked()).hasSize(1);
  }

  @Test
  void anAnswerOf500IsTriedAgainAndTheLastOneIsArchived() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (_, before) ->
                new ScriptedAnswer.Response(Duration.ZERO, 500, List.of(), "no " + (before + 1)));

    fixture.fetch(fixture.task("http://" + IN + "/"));

    assertThat(fault(fixture, 1)).isEqualTo(Fault.Failed.HTTP);
    assertThat(fixture.visit(1).attempts()).isEqualTo(3);
    assertThat(fixture.visit(1).fetchStatus()).isEqualTo(500);
    assertThat(fixture.archive().entries().getFirst().place()).isNotNull();
  }

  @Test
  void anAnswerThatComesAtTheSecondAttemptIsStored() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (_, before) ->
                before == 0 ? ScriptedAnswer.status(503) : ScriptedAnswer.page("at last"));

    fixture.fetch(fixture.task("http://" + IN + "/"));

    assertThat(fixture.visit(1).ending()).isEqualTo(new Ending.Stored());
    assertThat(fixture.visit(1).attempts()).isEqualTo(2);
  }

  @Test
  void aConnectionThatWasRefusedSpendsNoAttempt() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (_, _) ->
                new ScriptedAnswer.Broken(
                    Duration.ofMillis(1), false, Fault.Failed.CONNECT, "refused"));

    fixture.fetchToTheEnd(List.of(fixture.task("http://" + IN + "/")));

    var visit = Objects.requireNonNull(fixture.ended.get(1L));
    assertThat(visit.ending())
        .isEqualTo(
            new Ending.Failed(
                Fault.Failed.CONNECT,
                "its host was parked or out of reach 5 times in a row, the last time because refused"));
    assertThat(visit.attempts()).isZero();
    assertThat(fixture.web.asked()).as("three, and each time it was parked").hasSize(3 + 4);
  }

  @Test
  void aServerThatIsSilentEndsAsATimeoutAndItsNeighboursAreNotLate() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                url.host().equals(IN)
                    ? new ScriptedAnswer.Silence()
                    : ScriptedAnswer.page("quick"));
    fixture.maxAttempts = 1;

    fixture.fetch(fixture.task("http://" + IN + "/", "http://" + ALSO_IN + "/"));

    assertThat(fault(fixture, 1)).isEqualTo(Fault.Failed.TIMEOUT);
    assertThat(fixture.visit(2).ending()).isEqualTo(new Ending.Stored());
    assertThat(fixture.visit(2).took().total()).isEqualTo(10);
  }

  @Test
  void theAttemptsOfEarlierRoundsCount() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> new ScriptedAnswer.Silence());
    var url = "http://" + IN + "/";

    fixture.fetch(fixture.task(List.of(new Target(1, url, url, 2, List.of(), 0, 1, null))));

    assertThat(fault(fixture, 1)).isEqualTo(Fault.Failed.TIMEOUT);
    assertThat(fixture.visit(1).attempts()).isEqualTo(3);
    assertThat(fixture.web.asked()).hasSize(1);
  }

  /// Rounds so short that most of it is left over between attempts.
  @Test
  void allRoundsTogetherSpendTheRetryBudgetOfTheirTaskAndNoMore() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.status(500));
    fixture.maxAttempts = 20;
    fixture.retryBudgetPercent = 50;
    fixture.invocation = Duration.ofSeconds(8);

    fixture.fetchToTheEnd(List.of(fixture.task(FetchFixture.targets(IN, 1, 40))));

    assertThat(fixture.deepest).isPositive();
    assertThat(fixture.web.asked()).hasSize(40 + 20 + 10);
    assertThat(fixture.ended).hasSize(40);
    assertThat(fixture.ended.values())
        .extracting(Visit::ending)
        .containsOnly(
            new Ending.Failed(
                Fault.Failed.GAVE_UP,
                "the retry budget of the job is spent; the last attempt: http://"
                    + IN
                    + " answered 500"));
    assertThat(fixture.ended.values()).extracting(Visit::fetchStatus).containsOnly(500);
  }

  @Test
  void withoutARetryBudgetATimeoutIsGivenUpAtOnce() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> new ScriptedAnswer.Silence());
    fixture.retryBudgetPercent = 0;

    fixture.fetch(fixture.task("http://" + IN + "/"));

    assertThat(fault(fixture, 1)).isEqualTo(Fault.Failed.GAVE_UP);
    assertThat(fixture.visit(1).attempts()).isEqualTo(1);
    assertThat(fixture.web.asked()).hasSize(1);
  }

  @Test
  void retryAfterParksTheHostAndDropsNoneOfItsUrls() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                url.host().equals(IN)
                    ? ScriptedAnswer.status(429, "Retry-After: 30")
                    : ScriptedAnswer.page("another host"));
    var begun = fixture.simulation.now();

    fixture.fetch(
        fixture.task(
            "http://" + IN + "/1",
            "http://" + IN + "/2",
            "http://" + IN + "/3",
            "http://" + IN + "/4",
            "http://" + ALSO_IN + "/5"));

    assertThat(fixture.visit(5).ending()).isEqualTo(new Ending.Stored());
    var archive = fixture.archive();
    assertThat(archive.leftovers())
        .extracting(left -> left.target().line())
        .containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    assertThat(archive.leftovers())
        .allSatisfy(left -> assertThat(left.notBefore()).isAfterOrEqualTo(begun.plusSeconds(30)));
    assertThat(fixture.splits.sent()).as("all at once").hasSize(1);
  }

  private static FetchTask at(int round, FetchTask task) {
    return new FetchTask(
        task.job(),
        task.part(),
        new TaskId("0000_" + round + "." + "a".repeat(20)),
        task.hostGroup(),
        task.targets(),
        task.deadline());
  }

  /// A host that never has a turn for them would have them dealt anew for ever.
  @Test
  void ofTheLastRoundNothingIsLeftOver() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.status(503, "Retry-After: 30"));
    var task = fixture.task("http://" + IN + "/1");

    var before = fixture.fetch(at(FetchTask.MAX_ROUND - 1, task));
    var last = at(FetchTask.MAX_ROUND, task);
    var fetched = fixture.fetch(last);

    assertThat(before.leftOver()).isEqualTo(1);
    assertThat(fetched.leftOver()).isZero();
    assertThat(fixture.archive(last.task()).entries().getFirst().visit().ending())
        .isEqualTo(
            new Ending.Failed(
                Fault.Failed.GAVE_UP, "left over by 10001 rounds, the last of them this one"));
  }

  @Test
  void ofATaskThatGaveUpNothingIsAskedFor() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.page("here"));

    var task = fixture.task("http://" + IN + "/1", "http://" + ALSO_IN + "/2");
    var fetched = fixture.fetch(task.givingUp("the reason"));

    assertThat(fetched.leftOver()).isZero();
    assertThat(fixture.web.asked()).isEmpty();
    assertThat(fixture.archive().entries())
        .extracting(entry -> entry.visit().ending())
        .containsOnly(new Ending.Failed(Fault.Failed.GAVE_UP, "the reason"))
        .hasSize(2);
  }

  @Test
  void aParkedHostIsNotAskedByTheNextInvocationEither() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, before) ->
                url.pathAndQuery().equals("/1") && before == 0
                    ? ScriptedAnswer.status(503, "Retry-After: 30")
                    : ScriptedAnswer.page("now"));
    fixture.fetch(fixture.task("http://" + IN + "/1"));
    var asked = fixture.web.asked().size();

    var next =
        new FetchTask(
            FetchFixture.JOB,
            0,
            TaskId.planned(1),
            1,
            List.of(Target.first(9, "http://" + IN + "/9", "http://" + IN + "/9")),
            Instant.MAX);
    var fetched = fixture.fetch(next);

    assertThat(fetched.leftOver()).isEqualTo(1);
    assertThat(fixture.web.asked()).hasSize(asked);
  }

  @Test
  void aHostIsNeverAskedOftenerThanItsLimitsInAnyHistory() throws Exception {
    for (var seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      var fixture =
          new FetchFixture(
              seed,
              (_, _) ->
                  random.nextInt(5) == 0
                      ? ScriptedAnswer.status(500)
                      : new ScriptedAnswer.Response(
                          Duration.ofMillis(random.nextInt(900)), 200, List.of(), "x"));
      var urls = new ArrayList<String>();
      for (var i = 0; i < 20; i++) {
        urls.add("http://" + (random.nextBoolean() ? IN : ALSO_IN) + "/" + i);
      }
      fixture.fetch(fixture.task(urls.toArray(String[]::new)));

      assertPolite(seed, fixture.web.asked(), fixture.perHost, fixture.perHostDelay);
      assertEachLineOnce(seed, fixture, 20);
      assertThat(fixture.web.openBodies()).as("seed %d", seed).isZero();
    }
  }

  private static void assertPolite(long seed, List<AskedUrl> asked, int perHost, Duration delay) {
    var last = new HashMap<String, Instant>();
    for (var one : asked) {
      assertThat(one.atOnce()).as("seed %d", seed).isLessThanOrEqualTo(perHost);
      var before = last.put(one.url().authority(), one.at());
      if (before != null) {
        assertThat(Duration.between(before, one.at()))
            .as("seed %d", seed)
            .isGreaterThanOrEqualTo(delay);
      }
    }
  }

  private static void assertEachLineOnce(long seed, FetchFixture fixture, int lines)
      throws Exception {
    var archive = fixture.archive();
    assertThat(
            Stream.concat(
                archive.entries().stream().map(entry -> entry.visit().line()),
                archive.leftovers().stream().map(left -> left.target().line())))
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, lines).boxed().toList());
  }

  @Test
  void whatDoesNotEndBeforeTheDeadlineIsLeftOverInTheSameArchive() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                url.host().equals(IN)
                    ? new ScriptedAnswer.Silence()
                    : ScriptedAnswer.page("quick"));
    fixture.invocation = Duration.ofSeconds(3);
    var run = fixture.run();

    var fetched =
        fixture.simulation.await(
            fixture
                .stage()
                .run(
                    fixture.task(
                        "http://" + IN + "/1", "http://" + IN + "/2", "http://" + ALSO_IN + "/3"),
                    run));

    assertThat(fetched.visits()).isEqualTo(1);
    assertThat(fetched.leftOver()).isEqualTo(2);
    assertThat(fixture.leftover(1).target().attempts())
        .as("the round was too short for it, and still it counts")
        .isEqualTo(1);
    assertThat(run.deadline().hasPassed()).isFalse();
    assertEachLineOnce(1, fixture, 3);
  }

  @Test
  void pastTheJobsDeadlineNothingIsAskedAndAllGaveUp() throws Exception {
    var fixture = pages();
    fixture.jobDeadline = fixture.simulation.now().minusSeconds(1);

    fixture.fetch(fixture.task("http://" + IN + "/1", "http://" + ALSO_IN + "/2"));

    assertThat(fault(fixture, 1)).isEqualTo(Fault.Failed.GAVE_UP);
    assertThat(fault(fixture, 2)).isEqualTo(Fault.Failed.GAVE_UP);
    assertThat(fixture.web.asked()).isEmpty();
    assertThat(fixture.splits.sent()).isEmpty();
  }

  @Test
  void anArchiveThatIsFullEndsAndTheRestIsLeftOver() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                ScriptedAnswer.page(
                    new Random(url.hashCode())
                        .ints(20_000)
                        .collect(
                            StringBuilder::new, (text, i) -> text.append(i), StringBuilder::append)
                        .toString()));
    fixture.archiveMaxBytes = 100_000;
    fixture.perHost = 1;

    var fetched =
        fixture.fetch(
            fixture.task("http://" + IN + "/1", "http://" + IN + "/2", "http://" + IN + "/3"));

    assertThat(fetched.visits()).isPositive();
    assertThat(fetched.leftOver()).isPositive();
    assertEachLineOnce(1, fixture, 3);
  }

  @Test
  void aFaultOfOurOwnFailsTheMessageAndPutsNothing() {
    var fixture =
        new FetchFixture(
            1, (_, _) -> new ScriptedAnswer.Ours(new IllegalStateException("disk full")));

    assertThatThrownBy(() -> fixture.fetch(fixture.task("http://" + IN + "/")))
        .hasMessage("disk full");
    assertThat(fixture.store.head(Keys.archive(FetchFixture.JOB, 0, TaskId.planned(0))).join())
        .isEmpty();
    assertThat(fixture.extracts.sent()).isEmpty();
  }

  @Test
  void whatAnotherInvocationRememberedOfHostsIsKept() throws Exception {
    var fixture = pages();
    var key = Keys.hosts(1);
    var theirs =
        "{\"hosts\":{\"other.example\":{\"nextStart\":\"2030-01-01T00:00:00Z\","
            + "\"lastStart\":\"2026-01-01T00:00:00Z\",\"parkedUntil\":\"2030-01-01T00:00:00Z\","
            + "\"misses\":0,\"deferrals\":0,\"fault\":null,\"detail\":null,\"robots\":{}}}}";
    // Written while the round is under way.
    fixture.simulation.after(
        Duration.ofMillis(5),
        () ->
            fixture.store.put(
                key, new Content.Bytes(theirs.getBytes(UTF_8)), new Condition.Always()));

    fixture.fetch(fixture.task("http://" + IN + "/1"));

    assertThat(new String(fixture.store.get(key).join().orElseThrow().bytes(), UTF_8))
        .contains("other.example", IN);
  }

  private static Fault fault(FetchFixture fixture, long line) throws Exception {
    return switch (fixture.visit(line).ending()) {
      case Ending.Failed(var fault, _) -> fault;
      case Ending.Refused(var fault, _) -> fault;
      case Ending.Stored() -> throw new AssertionError("line " + line + " is stored");
      case Ending.Duplicate _ -> throw new AssertionError("line " + line + " is a duplicate");
    };
  }
}
