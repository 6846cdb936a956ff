package dev.sluice.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import dev.sluice.memory.MemoryWeb.ScriptedAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Nothing starts that cannot finish, or has no room.
class PaceTest {
  private static final String IN = FetchFixture.host(true, 1);

  private static List<Target> onHostsOfTheirOwn(int count) {
    var targets = new ArrayList<Target>();
    for (var line = 1; line <= count; line++) {
      var url = "http://" + FetchFixture.host(true, 100 + line) + "/" + line;
      targets.add(Target.first(line, url, url));
    }
    return targets;
  }

  private static boolean isTimeout(Ending ending) {
    return ending instanceof Ending.Failed(var fault, _) && fault == Fault.Failed.TIMEOUT;
  }

  @Test
  void noRequestBeginsThatItsTimeoutCouldOutlive() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.page("x"));
    fixture.invocation = Duration.ofSeconds(10);
    var last = fixture.simulation.now().plusSeconds(10).minus(fixture.timeout);

    fixture.fetch(fixture.task(FetchFixture.targets(IN, 1, 100)));

    assertThat(fixture.web.asked()).hasSizeGreaterThan(15);
    assertThat(fixture.web.asked()).allMatch(asked -> asked.at().isBefore(last));
    assertThat(fixture.archive().leftovers())
        .isNotEmpty()
        .allMatch(left -> left.target().attempts() == 0);
  }

  @Test
  void pagesThatHangInShortRoundsEndWithThreeAttemptsEach() throws Exception {
    var fixture =
        new FetchFixture(
            1,
            (url, _) ->
                url.pathAndQuery().length() == 2 // lines 1 to 9
                    ? new ScriptedAnswer.Silence()
                    : ScriptedAnswer.page("x"));
    fixture.timeout = Duration.ofSeconds(4);
    fixture.invocation = Duration.ofSeconds(8);

    var invocations = fixture.fetchToTheEnd(List.of(fixture.task(FetchFixture.targets(IN, 1, 60))));

    assertThat(fixture.ended).hasSize(60);
    assertThat(fixture.ended.values())
        .allMatch(visit -> visit.ending() instanceof Ending.Stored || isTimeout(visit.ending()));
    assertThat(fixture.ended.values())
        .filteredOn(visit -> isTimeout(visit.ending()))
        .hasSize(9)
        .allMatch(visit -> visit.attempts() == 3);
    assertThat(invocations).isLessThanOrEqualTo(20);
  }

  @Test
  void aRoundShorterThanOneTimeoutSpendsAttemptsAndEnds() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> new ScriptedAnswer.Silence());
    fixture.timeout = Duration.ofSeconds(20);
    fixture.invocation = Duration.ofSeconds(5);

    var invocations = fixture.fetchToTheEnd(List.of(fixture.task(onHostsOfTheirOwn(30))));

    assertThat(fixture.ended).hasSize(30);
    assertThat(fixture.ended.values())
        .allMatch(visit -> isTimeout(visit.ending()) && visit.attempts() == 3);
    assertThat(invocations).isEqualTo(3);
  }

  @Test
  void theJobsDeadlineCutsRequestsThatStartedAndTheyGaveUp() throws Exception {
    var fixture = new FetchFixture(1, (_, _) -> new ScriptedAnswer.Silence());
    fixture.timeout = Duration.ofSeconds(20);
    fixture.maxAttempts = 1;
    fixture.jobDeadline = fixture.simulation.now().plusSeconds(10);

    fixture.fetchToTheEnd(List.of(fixture.task(onHostsOfTheirOwn(10))));

    assertThat(fixture.web.asked()).hasSize(10);
    assertThat(fixture.ended.values())
        .hasSize(10)
        .allMatch(visit ->
            visit.ending() instanceof Ending.Failed(var fault, _) && fault == Fault.Failed.GAVE_UP);
    assertThat(fixture.simulation.now()).isBefore(fixture.jobDeadline.plusSeconds(1));
  }

  @Test
  void whatIsUnderWayCountsAgainstTheArchiveAndNoneIsLost() throws Exception {
    var page = new StringBuilder();
    new Random(1).ints(4_000).forEach(page::append);
    var fixture =
        new FetchFixture(
            1,
            (_, _) ->
                new ScriptedAnswer.Response(
                    Duration.ofSeconds(1), 200, List.of(), page.toString()));
    fixture.archiveMaxBytes = 100_000;

    fixture.fetchToTheEnd(List.of(fixture.task(onHostsOfTheirOwn(30))));

    assertThat(fixture.ended).hasSize(30);
    assertThat(fixture.ended.values())
        .allMatch(visit -> visit.ending() instanceof Ending.Stored && visit.attempts() == 1);
    var archive = Keys.archive(FetchFixture.JOB, 0, TaskId.planned(0));
    assertThat(fixture.store.head(archive).join().orElseThrow().size())
        .as("its outcomes and leftovers come on top")
        .isLessThan(120_000);
    assertThat(fixture.web.asked()).as("no answer is in vain twice").hasSizeBetween(31, 60);
    assertThat(fixture.web.openBodies()).isZero();
  }

  @Test
  void aPageThatIsLargerThanAnArchiveIsKeptAlone() throws Exception {
    var page = "x".repeat(300_000);
    var fixture = new FetchFixture(1, (_, _) -> ScriptedAnswer.page(page));
    fixture.archiveMaxBytes = 100_000;

    fixture.fetchToTheEnd(List.of(fixture.task(onHostsOfTheirOwn(3))));

    assertThat(fixture.ended.values())
        .hasSize(3)
        .allMatch(visit -> visit.ending() instanceof Ending.Stored);
  }
}
