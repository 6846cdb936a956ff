package dev.sluice.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Counts;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.TaskId;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The state of a large job is one object that every batch of report tasks reads and replaces.
class LedgerSizeTest {
  private static final JobId JOB = new JobId("a-list-of-ten-million-urls");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456Z");
  private static final int PARTS = 391;
  private static final int TASKS = 256;
  private static final Counts ROWS =
      new Counts(
          80, 12, 3, 0, Map.of("timeout", 6L, "connect", 4L, "http", 2L, "robots", 3L), 2_345_678);

  /// All parts stay open as long as they can, which no job does: split waits for the queue.
  @Test
  void theStateOfAHundredThousandTasksStaysBelow256KiB() {
    var ledger = Ledger.empty(JOB);
    for (var part = 0; part < PARTS; part++) {
      ledger =
          ledger.with(
              new ReportTask.Planned(
                  JOB, part, 25_600, Counts.NONE, TASKS, true, part == PARTS - 1, null),
              NOW);
    }
    var most = 0;
    for (var task = 0; task < TASKS; task++) {
      for (var part = 0; part < PARTS; part++) {
        ledger =
            ledger.with(new ReportTask.RowsStored(JOB, part, TaskId.planned(task), ROWS, 5), NOW);
      }
      // One of a hundred tasks leaves something over in each part.
      if (task % 100 == 0) {
        var left = new Counts(5, 0, 0, 0, Map.of(), 1_000);
        for (var part = 0; part < PARTS; part++) {
          var child = TaskId.planned(task).child(1);
          ledger = ledger.with(new ReportTask.RowsStored(JOB, part, child, left, 0), NOW);
        }
      }
      most = Math.max(most, Json.bytes(ledger).length);
    }
    for (var part = 0; part < PARTS; part++) {
      var rest = new Counts(25_600 - TASKS * 95 - 3 * 5, 0, 0, 0, Map.of(), 0);
      ledger =
          ledger.with(new ReportTask.RowsStored(JOB, part, new TaskId("0001.1"), rest, 0), NOW);
    }

    System.out.println("state of " + PARTS * TASKS + " tasks: " + most + " bytes at most");
    assertThat(most).isLessThan(256 * 1024);
    assertThat(ledger.books().complete()).isTrue();
    assertThat(ledger.parts()).isEmpty();
    assertThat(Json.bytes(ledger).length).isLessThan(1_000);
  }
}
