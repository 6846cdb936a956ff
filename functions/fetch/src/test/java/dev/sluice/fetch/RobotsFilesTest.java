package dev.sluice.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fetch.plan.Robots;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Target;
import dev.sluice.flow.Visit;
import dev.sluice.memory.MemoryWeb.AskedUrl;
import dev.sluice.memory.MemoryWeb.Script;
import dev.sluice.memory.MemoryWeb.ScriptedAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// When robots.txt is asked, and what its answers mean (RFC 9309).
///
/// Long for its cases, all of which are of one file.
class RobotsFilesTest {
  private static final String IN = FetchFixture.host(true, 1);
  private static final String ALSO_IN = FetchFixture.host(true, 2);
  private static final String OUT = FetchFixture.host(false, 3);

  /// A web whose pages are all there.
  private static FetchFixture robots(Script robots) {
    return robots(1 << 20, robots);
  }

  private static FetchFixture robots(int maxBodyBytes, Script robots) {
    var fixture =
        new FetchFixture(
            1,
            maxBodyBytes,
            (url, before) ->
                url.pathAndQuery().matches("/robots.txt|/maintenance")
                    ? robots.answer(url, before)
                    : ScriptedAnswer.page("x"));
    fixture.ignoreRobots = false;
    return fixture;
  }

  private static ScriptedAnswer file(String... lines) {
    return new ScriptedAnswer.Response(
        Duration.ofMillis(10), 200, List.of("Content-Type: text/plain"), String.join("\n", lines));
  }

  /// More than are remembered.
  private static ScriptedAnswer manyRules(String... first) {
    var lines = new ArrayList<>(List.of("User-agent: *"));
    lines.addAll(List.of(first));
    for (var i = 0; i < 400; i++) {
      lines.add("Disallow: /forbidden-directory-" + i);
    }
    return file(lines.toArray(String[]::new));
  }

  private static List<AskedUrl> asked(FetchFixture fixture) {
    return fixture.web.asked().stream()
        .filter(asked -> asked.url().pathAndQuery().endsWith("robots.txt"))
        .toList();
  }

  private static void assertApart(List<AskedUrl> requests, Duration least) {
    for (var i = 1; i < requests.size(); i++) {
      assertThat(Duration.between(requests.get(i - 1).at(), requests.get(i).at()))
          .as("before %s", requests.get(i))
          .isGreaterThanOrEqualTo(least);
    }
  }

  private static List<FetchTask> tasks(FetchFixture fixture, int count) {
    var tasks = new ArrayList<FetchTask>();
    for (var task = 0; task < count; task++) {
      tasks.add(fixture.task(task, FetchFixture.targets(IN, task * 5 + 1, 5)));
    }
    return tasks;
  }

  private static void assertAllStored(FetchFixture fixture, int lines) {
    assertThat(fixture.ended).hasSize(lines);
    assertThat(fixture.ended.values()).allMatch(visit -> visit.ending() instanceof Ending.Stored);
  }

  private static Visit ended(FetchFixture fixture, long line) {
    return Objects.requireNonNull(fixture.ended.get(line));
  }

  private static Ending.Refused refused(Visit visit) {
    return (Ending.Refused) visit.ending();
  }

  @Test
  void oneRequestServesAllTasksOfAHostForADay() throws Exception {
    var fixture = robots((_, _) -> file("User-agent: *", "Disallow: /no"));

    fixture.fetchToTheEnd(tasks(fixture, 5));
    assertThat(asked(fixture)).hasSize(1);
    fixture.sleepUntil(fixture.simulation.now().plus(Duration.ofHours(24)));
    fixture.fetch(fixture.task(9, FetchFixture.targets(IN, 90, 1)));

    assertThat(asked(fixture)).as("a day later").hasSize(2);
    assertAllStored(fixture, 25);
  }

  @Test
  void theRulesAreRememberedAndNotOnlyThatThereWereSome() throws Exception {
    var fixture = robots((_, _) -> file("User-agent: *", "Disallow: /7", "Crawl-delay: 1"));

    fixture.fetchToTheEnd(tasks(fixture, 2));

    assertThat(asked(fixture)).hasSize(1);
    assertThat(fixture.ended.values())
        .filteredOn(visit -> visit.ending() instanceof Ending.Refused)
        .singleElement()
        .satisfies(visit -> assertThat(visit.line()).isEqualTo(7));
    var pages = fixture.pagesAsked();
    assertThat(pages).hasSize(9);
    assertApart(pages, Duration.ofSeconds(1));
  }

  @Test
  void rulesThatDoNotFitAreAskedByEachTask() throws Exception {
    var fixture = robots((_, _) -> manyRules());

    fixture.fetchToTheEnd(tasks(fixture, 3));

    assertThat(asked(fixture)).hasSize(3);
    assertAllStored(fixture, 15);
  }

  /// With a path of 2,000 characters no question of it ends before its steps do.
  private static ScriptedAnswer hostile() {
    var lines = new ArrayList<>(List.of("User-agent: *", "Disallow: /4"));
    for (var i = 0; i < 3_000; i++) {
      lines.add("Disallow: /*" + "a".repeat(100) + "b" + i);
    }
    return file(lines.toArray(String[]::new));
  }

  @Test
  void aFileThatTakesTooManyStepsRefusesThatUrlAlone() throws Exception {
    for (var delay : List.of(Duration.ofMillis(200), Duration.ofMinutes(10))) {
      var fixture = robots((_, _) -> hostile());
      fixture.perHostDelay = delay;
      var targets = new ArrayList<>(FetchFixture.targets(IN, 1, 5));
      var url = "http://" + IN + "/" + "a".repeat(2_000);
      targets.add(Target.first(6, url, url));
      targets.add(Target.first(7, "http://" + ALSO_IN + "/7", "http://" + ALSO_IN + "/7"));

      fixture.fetchToTheEnd(List.of(fixture.task(targets)));

      assertThat(fixture.ended).hasSize(7);
      assertThat(refused(ended(fixture, 4)).detail()).endsWith("forbids it");
      assertThat(refused(ended(fixture, 6)).detail()).contains("takes more than");
      assertThat(fixture.ended.values())
          .filteredOn(visit -> visit.ending() instanceof Ending.Stored)
          .hasSize(5);
    }
  }

  @Test
  void aQuestionThatTakesManyStepsIsAskedOnceOnTheThreadsForComputing() throws Exception {
    for (var isLong : List.of(true, false)) {
      var fixture =
          robots((_, _) ->
              isLong ? hostile() : file("User-agent: *", "Disallow: /*a", "Disallow: /no"));
      var targets = new ArrayList<Target>();
      for (var line = 1; line <= 10; line++) {
        // More than a few steps, and no more than there are.
        var url = "http://" + IN + "/" + line + "-" + "a".repeat(104);
        targets.add(Target.first(line, url, url));
      }
      var run = new CountingRun(fixture.run());

      fixture.simulation.await(fixture.stage().run(fixture.task(targets), run));

      var stored = isLong ? 9 : 0; // one is forbidden, or all are
      assertThat(fixture.pagesAsked()).hasSize(stored);
      // Each response that is kept is encoded there as well, and robots.txt is parsed.
      assertThat(run.submitted()).hasValue(1 + stored + (isLong ? 10 : 0));
    }
  }

  @Test
  void aMissingFileAllowsAllAndIsNotAskedAgain() throws Exception {
    var fixture = robots((_, _) -> ScriptedAnswer.status(404));

    fixture.fetchToTheEnd(tasks(fixture, 3));

    assertThat(asked(fixture)).hasSize(1);
    assertAllStored(fixture, 15);
  }

  @Test
  void aHostWhoseFileAnswers503ForAWhileWaitsAndLosesNothing() throws Exception {
    var fixture =
        robots((_, before) -> before < 3 ? ScriptedAnswer.status(503) : ScriptedAnswer.status(404));

    fixture.fetchToTheEnd(tasks(fixture, 2));

    assertThat(asked(fixture)).hasSize(4);
    assertAllStored(fixture, 10);
    assertThat(fixture.pagesAsked().getFirst().at())
        .as("nothing of it was asked before")
        .isAfter(asked(fixture).getLast().at());
  }

  @Test
  void aFileThatAnswers500ForEverIsTriedInLaterRoundsAndInTheEndRefused() throws Exception {
    var fixture = robots((_, _) -> ScriptedAnswer.status(500));
    var begun = fixture.simulation.now();

    var invocations = fixture.fetchToTheEnd(tasks(fixture, 2));

    assertThat(fixture.ended).hasSize(10);
    assertThat(fixture.ended.values())
        .allMatch(visit -> refused(visit).fault() == Fault.Refused.ROBOTS)
        .allMatch(visit -> refused(visit).detail().contains("answered 500"));
    assertThat(fixture.pagesAsked()).isEmpty();
    assertThat(Duration.between(begun, fixture.simulation.now()))
        .as("not within two seconds")
        .isGreaterThan(Duration.ofSeconds(30));
    assertThat(invocations).isLessThanOrEqualTo(12);
  }

  @Test
  void theRetryAfterOfAFileParksItsHost() throws Exception {
    var fixture =
        robots((_, before) ->
            before == 0
                ? ScriptedAnswer.status(429, "Retry-After: 60")
                : ScriptedAnswer.status(404));

    fixture.fetchToTheEnd(tasks(fixture, 2));

    var requests = fixture.web.asked();
    assertThat(Duration.between(requests.get(0).at(), requests.get(1).at()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(60));
    assertAllStored(fixture, 10);
  }

  @Test
  void aFileThatHangsEndsInRoundsThatAreTooShortForThreeTries() throws Exception {
    var fixture = robots((_, _) -> new ScriptedAnswer.Silence());
    fixture.timeout = Duration.ofSeconds(4);
    fixture.invocation = Duration.ofSeconds(5);

    var invocations = fixture.fetchToTheEnd(tasks(fixture, 1));

    assertThat(fixture.ended).hasSize(5);
    assertThat(fixture.ended.values())
        .allMatch(visit ->
            visit.ending() instanceof Ending.Failed(var fault, _) && fault == Fault.Failed.TIMEOUT);
    assertThat(invocations).isLessThanOrEqualTo(6);
    assertThat(asked(fixture)).hasSizeLessThanOrEqualTo(6);
  }

  @Test
  void fiveRedirectsAreFollowedAndTheSixthMeansThereIsNone() throws Exception {
    var fixture = redirecting(5);
    fixture.fetch(fixture.task("http://" + IN + "/no"));
    assertThat(refused(fixture.visit(1)).fault()).isEqualTo(Fault.Refused.ROBOTS);

    fixture = redirecting(6);
    fixture.fetch(fixture.task("http://" + IN + "/no"));
    assertThat(fixture.visit(1).ending()).isEqualTo(new Ending.Stored());
  }

  private static FetchFixture redirecting(int times) {
    var fixture =
        new FetchFixture(
            1,
            (url, _) -> {
              var path = url.pathAndQuery();
              if (!path.endsWith("/robots.txt")) {
                return ScriptedAnswer.page("x");
              }
              return path.length() < "/robots.txt".length() + 2 * times
                  ? ScriptedAnswer.status(301, "Location: /a" + path)
                  : file("User-agent: *", "Disallow: /no");
            });
    fixture.ignoreRobots = false;
    return fixture;
  }

  @Test
  void aRedirectOfTheFileToAParkedHostIsNotFollowedUntilThatHostMayBeAsked() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, before) -> {
              if (url.host().equals(ALSO_IN)) {
                return url.pathAndQuery().equals("/1") && before == 0
                    ? ScriptedAnswer.status(503, "Retry-After: 600")
                    : ScriptedAnswer.status(404);
              }
              return url.pathAndQuery().equals("/robots.txt")
                  ? ScriptedAnswer.status(302, "Location: http://" + ALSO_IN + "/their-robots.txt")
                  : ScriptedAnswer.page("x");
            });
    fixture.ignoreRobots = false;
    fixture.fetch(fixture.task(0, FetchFixture.targets(ALSO_IN, 1, 1)));
    var parked = fixture.simulation.now();

    var invocations =
        fixture.fetchToTheEnd(List.of(fixture.task(1, FetchFixture.targets(IN, 2, 3))));

    assertThat(invocations).as("it waits with that host").isLessThanOrEqualTo(4);
    assertThat(fixture.ended).hasSize(3);
    assertThat(fixture.web.asked())
        .filteredOn(asked -> asked.url().pathAndQuery().equals("/their-robots.txt"))
        .isNotEmpty()
        .allMatch(asked -> asked.at().isAfter(parked.plusSeconds(599)));
  }

  @Test
  void aFileThatIsElsewhereIsFoundAtAHostThatStartsOneRequestARound() throws Exception {
    for (var delay : List.of(Duration.ofSeconds(3), Duration.ofMinutes(10))) {
      var fixture =
          robots((url, _) ->
              url.scheme().equals("http")
                  ? ScriptedAnswer.status(301, "Location: https://" + IN + "/robots.txt")
                  : file("User-agent: *", "Disallow: /3"));
      fixture.perHostDelay = delay;

      fixture.fetchToTheEnd(tasks(fixture, 2));

      assertThat(asked(fixture)).as("%s", delay).hasSize(2);
      assertThat(fixture.pagesAsked()).as("%s", delay).hasSize(9);
      assertThat(refused(ended(fixture, 3)).fault()).isEqualTo(Fault.Refused.ROBOTS);
      assertThat(fixture.deepest).as("rounds").isLessThanOrEqualTo(8);
    }
  }

  @Test
  void fiveRedirectsAreCountedOverRounds() throws Exception {
    for (var times : List.of(5, 6)) {
      var fixture = redirecting(times);
      fixture.perHostDelay = Duration.ofSeconds(30);

      fixture.fetchToTheEnd(List.of(fixture.task("http://" + IN + "/no")));

      assertThat(asked(fixture)).hasSize(6);
      assertThat(ended(fixture, 1).ending() instanceof Ending.Stored)
          .as("%d redirects", times)
          .isEqualTo(times == 6);
    }
  }

  @Test
  void aSlowHostWhoseRulesDoNotFitIsAskedForItsPagesAllTheSame() throws Exception {
    var fixture = robots((_, _) -> manyRules("Crawl-delay: 10", "Disallow: /7"));

    fixture.fetchToTheEnd(tasks(fixture, 3));

    assertThat(asked(fixture)).hasSizeLessThanOrEqualTo(15);
    assertThat(fixture.ended).hasSize(15);
    assertThat(refused(ended(fixture, 7)).fault()).isEqualTo(Fault.Refused.ROBOTS);
    assertThat(fixture.pagesAsked()).hasSize(14);
    var requests = fixture.web.asked();
    assertApart(requests, Duration.ofSeconds(10));
  }

  @Test
  void whatARoundWasToldIsAskedAgainADayLater() throws Exception {
    var fixture = robots((_, _) -> manyRules());
    fixture.perHostDelay = Duration.ofMinutes(20);

    fixture.fetchToTheEnd(List.of(fixture.task(FetchFixture.targets(IN, 1, 100))));

    // 100 pages, one each twenty minutes, are 33 hours.
    assertAllStored(fixture, 100);
    var files = asked(fixture);
    assertThat(files).hasSizeGreaterThan(1);
    assertThat(Duration.between(files.get(0).at(), files.get(1).at()))
        .isGreaterThanOrEqualTo(Duration.ofHours(24));
  }

  @Test
  void aFileInAnotherHostGroupIsNotAskedAndCountsAsMissing() throws Exception {
    var fixture =
        robots((_, _) -> ScriptedAnswer.status(301, "Location: http://" + OUT + "/robots.txt"));

    fixture.fetchToTheEnd(tasks(fixture, 2));

    assertThat(fixture.web.asked()).noneMatch(asked -> asked.url().host().equals(OUT));
    assertThat(asked(fixture)).hasSize(1);
    assertAllStored(fixture, 10);
  }

  @Test
  void aHostThatAnswers503ForTheFileOfAnotherIsLeftAloneItself() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, before) ->
                switch (url.pathAndQuery()) {
                  case "/robots.txt" ->
                      url.host().equals(IN)
                          ? ScriptedAnswer.status(302, "Location: http://" + ALSO_IN + "/theirs")
                          : ScriptedAnswer.status(404);
                  case "/theirs" ->
                      before == 0
                          ? ScriptedAnswer.status(503, "Retry-After: 30")
                          : ScriptedAnswer.status(404);
                  default -> ScriptedAnswer.page("x");
                });
    fixture.ignoreRobots = false;
    var tasks =
        List.of(
            fixture.task(0, FetchFixture.targets(IN, 1, 3)),
            fixture.task(1, FetchFixture.targets(ALSO_IN, 4, 3)));

    fixture.fetchToTheEnd(tasks);

    assertAllStored(fixture, 6);
    var parked = fixture.web.asked().get(1).at().plusMillis(10);
    assertThat(fixture.web.asked())
        .noneMatch(
            asked -> asked.at().isAfter(parked) && asked.at().isBefore(parked.plusSeconds(30)));
  }

  @Test
  void aSlowNeighboursOwnFileServesWhoIsSentOnToItAsWell() throws Exception {
    var fixture =
        robots((url, _) ->
            url.host().equals(IN)
                ? ScriptedAnswer.status(302, "Location: http://" + ALSO_IN + "/robots.txt")
                : file("User-agent: *", "Crawl-delay: 10", "Disallow: /2"));
    var targets = new ArrayList<>(FetchFixture.targets(ALSO_IN, 11, 30));
    targets.addAll(FetchFixture.targets(IN, 1, 3));

    fixture.fetchToTheEnd(List.of(fixture.task(targets)));

    assertThat(fixture.ended).hasSize(33);
    assertThat(refused(ended(fixture, 2)).fault()).isEqualTo(Fault.Refused.ROBOTS);
    assertThat(asked(fixture)).as("of both").hasSize(2);
    var theirs = fixture.pagesAsked().stream().filter(asked -> asked.url().host().equals(ALSO_IN));
    var ours = fixture.pagesAsked().stream().filter(asked -> asked.url().host().equals(IN));
    assertThat(ours.toList().getLast().at())
        .as("not after all that the neighbour has")
        .isBefore(theirs.toList().getLast().at());
  }

  @Test
  void aHostThatSendsItsFileToOneThatFailsIsAskedAnewAndHasAnEnd() throws Exception {
    for (var isWellLater : List.of(true, false)) {
      var fixture =
          robots((url, before) ->
              url.host().equals(ALSO_IN)
                  ? ScriptedAnswer.status(503)
                  : before > 0 && isWellLater
                      ? ScriptedAnswer.status(404)
                      : ScriptedAnswer.status(302, "Location: http://" + ALSO_IN + "/maintenance"));

      var invocations = fixture.fetchToTheEnd(tasks(fixture, 2));

      assertThat(fixture.ended).hasSize(10);
      assertThat(fixture.ended.values())
          .allMatch(visit -> visit.ending() instanceof Ending.Stored == isWellLater);
      assertThat(invocations).isLessThanOrEqualTo(20);
    }
  }

  @Test
  void whoIgnoresTheFileIsNotRefusedByWhatIsRemembered() throws Exception {
    var fixture = robots((_, _) -> file("User-agent: *", "Disallow: /"));
    fixture.fetch(fixture.task(0, FetchFixture.targets(IN, 1, 1)));
    fixture.ignoreRobots = true;
    fixture.perHostDelay = Duration.ofSeconds(3);

    fixture.fetchToTheEnd(List.of(fixture.task(1, FetchFixture.targets(IN, 2, 5))));

    assertAllStored(fixture, 5);
  }

  @Test
  void pagesKeepTheirDistanceToTheFileAndToEachOther() throws Exception {
    var fixture = robots((_, _) -> ScriptedAnswer.status(404));

    fixture.fetch(fixture.task(FetchFixture.targets(IN, 1, 10)));

    var requests = fixture.web.asked();
    assertThat(requests).hasSize(11);
    assertApart(requests, fixture.perHostDelay);
  }

  private static final ScriptedAnswer.Response BEGUN =
      new ScriptedAnswer.Response(Duration.ofMillis(10), 200, List.of(), "User-agent: *\nAllow: /");

  private static ScriptedAnswer coded(String coding) {
    return new ScriptedAnswer.Response(
        Duration.ofMillis(10), 200, List.of("Content-Encoding: " + coding), "not " + coding);
  }

  @Test
  void aFileThatIsNotWholeForbidsAllAndItsUrlsEndAsThatHasIt() throws Exception {
    record Case(ScriptedAnswer answer, String fault, String detail) {}
    var cases =
        List.of(
            new Case(new ScriptedAnswer.Unfinished(BEGUN, false), "timeout", "took too long"),
            new Case(new ScriptedAnswer.Unfinished(BEGUN, true), "disconnect", "broke off"),
            new Case(coded("gzip"), "robots", "cannot be decoded"),
            new Case(coded("br"), "robots", "cannot be decoded"),
            new Case(coded("identity, deflate"), "robots", "cannot be decoded"));
    for (var each : cases) {
      var fixture = robots((_, _) -> each.answer);

      var invocations = fixture.fetchToTheEnd(tasks(fixture, 1));

      assertThat(fixture.pagesAsked()).as("%s", each).isEmpty();
      assertThat(fixture.ended).hasSize(5);
      assertThat(fixture.ended.values()).allMatch(visit -> said(visit).contains(each.detail));
      assertThat(fixture.ended.values()).allMatch(visit -> fault(visit).equals(each.fault));
      assertThat(invocations).isLessThanOrEqualTo(12);
    }
  }

  private static String said(Visit visit) {
    return visit.ending() instanceof Ending.Failed(_, var detail)
        ? detail
        : refused(visit).detail();
  }

  private static String fault(Visit visit) {
    return visit.ending() instanceof Ending.Failed(var fault, _)
        ? fault.code()
        : refused(visit).fault().code();
  }

  @Test
  void aFileThatIsWholeTheNextTimeCounts() throws Exception {
    var fixture =
        robots((_, before) ->
            before == 0
                ? new ScriptedAnswer.Unfinished(BEGUN, true)
                : file("User-agent: *", "Allow: /", "Disallow: /3"));

    fixture.fetchToTheEnd(tasks(fixture, 1));

    assertThat(asked(fixture)).hasSize(2);
    assertThat(fixture.pagesAsked()).hasSize(4);
    assertThat(refused(ended(fixture, 3)).detail()).endsWith("forbids it");
  }

  @Test
  void aFileThatIsLongerThanABodyMayBeCountsIfItsFirst512KbAreThere() throws Exception {
    var file = file("User-agent: *", "Disallow: /3", "#" + "x".repeat(2 * Robots.MAX_BYTES));
    for (var isEnough : List.of(true, false)) {
      var fixture = robots(isEnough ? Robots.ENOUGH_BYTES : 65_536, (_, _) -> file);

      fixture.fetchToTheEnd(tasks(fixture, 1));

      assertThat(asked(fixture)).hasSize(1);
      assertThat(fixture.pagesAsked()).hasSize(isEnough ? 4 : 0);
      assertThat(refused(ended(fixture, 3)).detail())
          .endsWith(
              isEnough ? "forbids it" : "must be whole within a body, which ends at byte 65536");
    }
  }

  @Test
  void aCodingThatIsNoneIsNone() throws Exception {
    for (var name : List.of("utf-8", "none", "identity", "")) {
      var fixture =
          robots((_, _) ->
              new ScriptedAnswer.Response(
                  Duration.ofMillis(10),
                  200,
                  List.of("Content-Encoding: " + name),
                  "User-agent: *\nDisallow: /3"));

      fixture.fetchToTheEnd(tasks(fixture, 1));

      assertThat(fixture.pagesAsked()).as(name).hasSize(4);
    }
  }
}
