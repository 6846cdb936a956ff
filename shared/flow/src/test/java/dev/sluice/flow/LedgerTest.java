package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final JobId JOB = new JobId("spring");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void anyOrderAndAnyRepetitionOfTalliesGivesTheSameBooks() {
    var once = fold(reportTasks());
    for (var seed = 0; seed < 500; seed++) {
      var random = new Random(seed);
      var often = new ArrayList<>(reportTasks());
      for (var reportTask : reportTasks()) {
        if (random.nextBoolean()) {
          often.add(reportTask);
        }
      }
      Collections.shuffle(often, random);

      assertThat(fold(often).books()).as("seed %d", seed).isEqualTo(once.books());
    }
    assertThat(once.books().complete()).isTrue();
    assertThat(once.books().accepted()).isEqualTo(13);
    assertThat(once.books().counts().stored()).isEqualTo(10);
  }

  @Test
  void rowsOfAPartThatIsNotPlannedAreKeptApartUntilItIs() {
    var early = fold(List.of(stored(0, "0000", 3)));
    assertThat(early.books().counts().rows()).isZero();
    assertThat(early.books().balanced()).isTrue();

    var later = early.with(planned(0, 3, 0, true), NOW);
    assertThat(later.books().counts().stored()).isEqualTo(3);
    assertThat(later.books().complete()).isTrue();
  }

  @Test
  void aClosedPartForgetsItsTasksAndTakesNoMore() {
    var closed = fold(List.of(planned(0, 3, 0, false), stored(0, "0000", 3)));

    assertThat(closed.closed()).isOne();
    assertThat(closed.parts()).isEmpty();
    assertThat(closed.with(stored(0, "0000", 3), NOW)).isEqualTo(closed);
    assertThat(closed.with(planned(0, 3, 0, false), NOW)).isEqualTo(closed);
    assertThat(closed.closedParts()).containsExactly(0);
  }

  /// Part 1 is closed before part 0; then both are folded.
  @Test
  void partsAreFoldedFromTheFirstOn() {
    var gap = fold(List.of(planned(0, 3, 0, false), planned(1, 2, 0, true), stored(1, "0000", 2)));
    assertThat(gap.closed()).isZero();
    assertThat(gap.parts())
        .hasEntrySatisfying(
            1,
            part -> {
              assertThat(part.planned()).isEqualTo(TaskSet.NONE);
              assertThat(part.dealtAnew()).isEmpty();
            });
    assertThat(gap.closedParts()).containsExactly(1);

    var both = gap.with(stored(0, "0007", 1), NOW).with(stored(0, "0007.1", 2), NOW);
    assertThat(both.closed()).isEqualTo(2);
    assertThat(both.parts()).isEmpty();
    assertThat(both.books().complete()).isTrue();
  }

  @Test
  void whatWasEnteredIsKnownByTaskAndRound() {
    var ledger = fold(List.of(stored(2, "0007", 1), stored(2, "0300.2", 1)));

    assertThat(ledger.isEntered(2, new TaskId("0007"))).isTrue();
    assertThat(ledger.isEntered(2, new TaskId("0300.2"))).isTrue();
    assertThat(ledger.isEntered(2, new TaskId("0300"))).isFalse();
    assertThat(ledger.isEntered(2, new TaskId("0007.1"))).isFalse();
    assertThat(ledger.isEntered(1, new TaskId("0007"))).isFalse();
    assertThat(ledger.isPlanned(2)).isFalse();
  }

  @Test
  void onePartThatWasNotComparedWithAllOthersIsSaid() {
    var exact = fold(List.of(planned(0, 1, 0, false)));
    var within = new ReportTask.Planned(JOB, 1, 1, Counts.NONE, 1, false, true, "it broke");

    assertThat(exact.books().exact()).isTrue();
    assertThat(exact.books().unread()).isNull();
    assertThat(exact.with(within, NOW).books().unread()).isEqualTo("it broke");
    assertThat(exact.with(within, NOW).books().exact()).isFalse();
    assertThat(exact.with(within, NOW).with(planned(2, 1, 0, true), NOW).books().exact()).isFalse();
  }

  @Test
  void aJobOfNoLinesIsComplete() {
    var books = fold(List.of(planned(0, 0, 0, true))).books();

    assertThat(books.complete()).isTrue();
    assertThat(books.accepted()).isZero();
  }

  @Test
  void moreRowsThanLinesDoNotBalance() {
    var books = fold(List.of(planned(0, 2, 0, true), stored(0, "0000", 3))).books();

    assertThat(books.balanced()).isFalse();
  }

  @Test
  void aTimeThatSplitWasHeldBackCountsOnceHoweverOftenItIsTold() {
    var first = new ReportTask.HeldBack(JOB, HeldBackTime.between(NOW, NOW.plusSeconds(5)));
    var other =
        new ReportTask.HeldBack(JOB, HeldBackTime.between(NOW.plusSeconds(3), NOW.plusSeconds(7)));
    var later =
        new ReportTask.HeldBack(
            JOB, new HeldBackTime(NOW.plusSeconds(60), NOW.plusSeconds(90), 10_000));

    assertThat(fold(List.of(planned(0, 3, 0, true))).books().hold()).isNull();
    assertThat(fold(List.of(first, planned(0, 3, 0, true), first, other, later, later)).books())
        .extracting(Books::hold)
        .isEqualTo(new HeldBackTime(NOW, NOW.plusSeconds(90), 5_000 + 2_000 + 10_000));
  }

  private static List<ReportTask> reportTasks() {
    return List.of(
        planned(0, 8, 2, false),
        stored(0, "0000", 4),
        stored(0, "0001", 1),
        stored(0, "0001.1", 1),
        planned(1, 5, 1, true),
        stored(1, "0000", 4));
  }

  private static Ledger fold(List<ReportTask> reportTasks) {
    var ledger = Ledger.empty(JOB);
    for (var reportTask : reportTasks) {
      ledger = ledger.with(reportTask, NOW);
    }
    return ledger;
  }

  private static ReportTask planned(int part, long accepted, long duplicates, boolean last) {
    var counts = new Counts(0, 0, 0, duplicates, Map.of(), 0);
    return new ReportTask.Planned(JOB, part, accepted, counts, 2, true, last, null);
  }

  private static ReportTask stored(int part, String task, long stored) {
    return new ReportTask.RowsStored(
        JOB, part, new TaskId(task), new Counts(stored, 0, 0, 0, Map.of(), 0), 0);
  }
}
