package dev.sluice.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.archive.Gzip;
import dev.sluice.archive.Json;
import dev.sluice.archive.RowJson;
import dev.sluice.async.Simulation;
import dev.sluice.flow.Books;
import dev.sluice.flow.Counts;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.HeldBackTime;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.Plan;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.Row;
import dev.sluice.flow.Target;
import dev.sluice.flow.TaskId;
import dev.sluice.flow.Visit;
import dev.sluice.memory.MemoryOutbox;
import dev.sluice.memory.MemoryStore;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// The books of a job of five lines: one is garbage, two tasks store three, one times out.
class ReportStageTest {
  private static final JobId JOB = new JobId("spring");
  private static final Counts GARBAGE = new Counts(0, 0, 1, 0, Map.of("bad_url", 1L), 0);
  private static final Counts TIMEOUT = new Counts(1, 1, 0, 0, Map.of("timeout", 1L), 70);
  private static final ReportTask PLANNED =
      new ReportTask.Planned(JOB, 0, 5, GARBAGE, 2, true, true, null);
  private static final ReportTask FIRST =
      new ReportTask.RowsStored(JOB, 0, TaskId.planned(0), new Counts(2, 0, 0, 0, Map.of(), 30), 0);
  private static final ReportTask SECOND =
      new ReportTask.RowsStored(JOB, 0, TaskId.planned(1), TIMEOUT, 0);

  private final MemoryStore store = new MemoryStore();

  @Test
  void theBooksBalanceAtEveryMomentInEveryOrder() throws Exception {
    for (var seed = 0; seed < 100; seed++) {
      var bucket = new MemoryStore();
      var reportTasks = new ArrayList<>(List.of(PLANNED, FIRST, SECOND, FIRST, PLANNED));
      Collections.shuffle(reportTasks, new Random(seed));
      for (var reportTask : reportTasks) {
        enter(bucket, seed, reportTask);
        var books = books(bucket);
        assertThat(books.balanced()).as("seed %d", seed).isTrue();
        assertThat(books.accepted()).isEqualTo(books.counts().rows() + books.pending());
      }
      assertThat(books(bucket).complete()).as("seed %d", seed).isTrue();
      assertThat(books(bucket).counts().stored()).as("seed %d", seed).isEqualTo(3);
    }
  }

  @Test
  void twoThatEnterAtOnceLoseNothing() throws Exception {
    for (var seed = 0; seed < 100; seed++) {
      var bucket = new MemoryStore();
      enter(bucket, seed, PLANNED);
      var simulation = new Simulation(seed);
      var stage = new ReportStage(bucket, MemoryOutbox.unbounded());
      var one = stage.run(List.of(FIRST), simulation.run(Duration.ofSeconds(30)));
      var two = stage.run(List.of(SECOND), simulation.run(Duration.ofSeconds(30)));

      simulation.await(one);
      simulation.await(two);

      assertThat(books(bucket).pending()).as("seed %d", seed).isZero();
    }
  }

  @Test
  void theReportIsWrittenWithTheLastRowAndNotBefore() throws Exception {
    enter(store, 1, PLANNED);
    enter(store, 1, FIRST);
    assertThat(store.head(Keys.report(JOB)).join()).isEmpty();

    enter(store, 1, SECOND);

    assertThat(report())
        .contains("<h1>spring</h1>", "5 lines", "The books balance.")
        .doesNotContain("<script", "http://", "https://");
  }

  @Test
  void aReportThatIsMissingIsWrittenByARedelivery() throws Exception {
    enter(store, 1, PLANNED);
    enter(store, 1, FIRST);
    enter(store, 1, SECOND);
    store.put(Keys.report(JOB), new Content.Bytes(new byte[0]), new Condition.Always());

    assertThat(enter(store, 1, SECOND).result()).isEqualTo(EntryResult.AGAIN);

    assertThat(report()).contains("<h1>spring</h1>");
  }

  @Test
  void booksRebuiltFromPlansAndRowsAreTheSame() throws Exception {
    enter(store, 1, PLANNED);
    enter(store, 1, FIRST);
    enter(store, 1, SECOND);
    var before = books(store);
    putPlanAndRows();
    store.put(
        Keys.ledger(JOB), new Content.Bytes(Json.bytes(Ledger.empty(JOB))), new Condition.Always());

    enter(store, 1, new ReportTask.Rebuild(JOB, "lost"));

    var after = books(store);
    assertThat(after.counts()).isEqualTo(before.counts());
    assertThat(after.accepted()).isEqualTo(before.accepted());
    assertThat(after.complete()).isTrue();
  }

  @Test
  void booksThatCannotBeReadAreRebuiltAndTheTallyIsEntered() throws Exception {
    putPlanAndRows();
    store.put(
        Keys.ledger(JOB),
        new Content.Bytes("{\"an older\":\"one\"}".getBytes(UTF_8)),
        new Condition.Always());

    enter(store, 1, FIRST);

    assertThat(books(store).complete()).isTrue();
    assertThat(books(store).counts().stored()).isEqualTo(3);
    assertThat(report()).contains("The books balance.");
  }

  /// Books that report wrote and cannot read are begun anew so often, and no more.
  @Test
  void aRebuildThatMeetsBooksThatCannotBeReadHasAnEnd() throws Exception {
    putPlanAndRows();
    for (var times : List.of(0, Message.MOST_FED_AGAIN - 1)) {
      unreadable();
      enter(store, 1, new ReportTask.Rebuild(JOB, "lost", 5, times));
      assertThat(books(store).complete()).isTrue();
    }

    unreadable();
    var last = new ReportTask.Rebuild(JOB, "lost", 5, Message.MOST_FED_AGAIN);

    assertThatThrownBy(() -> enter(store, 1, last))
        .hasMessageContaining("the books of spring cannot be read, after 49 rebuilds");
  }

  private void unreadable() {
    store.put(
        Keys.ledger(JOB),
        new Content.Bytes("{\"an older\":\"one\"}".getBytes(UTF_8)),
        new Condition.Always());
  }

  @Test
  void whatIsNoRowsOfOursIsPassedOver() throws Exception {
    putPlanAndRows();
    for (var name :
        List.of("notes.txt", "zz-0.jsonl.gz", "0001-0.jsonl.gz.tmp", "0.1-0.jsonl.gz")) {
      store.put(
          Keys.rows(JOB, 0) + name, new Content.Bytes(new byte[] {1}), new Condition.Always());
    }

    enter(store, 1, new ReportTask.Rebuild(JOB, "lost"));

    assertThat(books(store).complete()).isTrue();
  }

  /// Time for one part at a time: it asks itself to go on, and what comes between is not lost.
  @Test
  void aRebuildGoesOnInSteps() throws Exception {
    for (var part = 0; part < 5; part++) {
      var target = Target.first(part + 1, "http://h.example/", "http://h.example/");
      var task = new FetchTask(JOB, part, TaskId.planned(0), 1, List.of(target), Instant.MAX);
      var plan =
          new Plan(JOB, part, "e", 1, List.of(), List.of(task), true, "", part == 4, null, 100, 6);
      store.put(Keys.plan(JOB, part), new Content.Bytes(Gzip.write(plan)), new Condition.Always());
      if (part != 2) {
        putRows(Keys.rows(JOB, part, TaskId.planned(0)), visit(part + 1, new Ending.Stored(), 1));
      }
    }
    var asked = new ArrayList<ReportTask>(List.of(new ReportTask.Rebuild(JOB, "lost")));
    var steps = 0;
    while (!asked.isEmpty()) {
      var outbox = MemoryOutbox.<ReportTask>unbounded();
      var simulation = new Simulation(steps++);
      simulation.await(
          new ReportStage(store, outbox)
              .run(List.of(asked.removeFirst()), simulation.run(Duration.ofSeconds(9))));
      asked.addAll(outbox.messages());
      if (steps == 4) {
        var late = new Counts(1, 0, 0, 0, Map.of(), 1);
        enter(store, 1, new ReportTask.RowsStored(JOB, 2, TaskId.planned(0), late, 0));
      }
    }

    assertThat(steps).isEqualTo(6); // the last one finds that there is no sixth part
    assertThat(books(store).complete()).isTrue();
    assertThat(books(store).counts().stored()).isEqualTo(5);
  }

  @Test
  void aGroupIsReadAndReplacedOnce() throws Exception {
    enter(store, 1, FIRST, PLANNED, FIRST, SECOND, PLANNED);

    // The store numbers its puts.
    assertThat(store.head(Keys.ledger(JOB)).join().orElseThrow().etag()).isEqualTo("\"1\"");
    assertThat(books(store).complete()).isTrue();
  }

  @Test
  void theReportSaysHowDuplicatesWereLookedFor() throws Exception {
    enter(store, 1, PLANNED, FIRST, SECOND);
    assertThat(report()).contains("compared with all lines before it");

    var within = new ReportTask.Planned(JOB, 0, 5, GARBAGE, 2, false, true, null);
    store.put(
        Keys.ledger(JOB), new Content.Bytes(Json.bytes(Ledger.empty(JOB))), new Condition.Always());
    enter(store, 1, within, FIRST, SECOND);
    assertThat(report()).contains("2,000,000");
  }

  @Test
  void theReportSaysWhenAndHowLongSplitWasHeldBack() throws Exception {
    var since = Instant.parse("2026-03-01T12:00:00Z");
    var hold = new HeldBackTime(since, since.plusSeconds(90), 4_200);

    enter(store, 1, PLANNED, new ReportTask.HeldBack(JOB, hold), FIRST, SECOND);

    assertThat(report())
        .contains(
            "held back for 4.2 s between <time>2026-03-01T12:00:00Z</time>"
                + " and <time>2026-03-01T12:01:30Z</time>");
  }

  @Test
  void theReportTellsWhatFailedFromWhatWasRefused() throws Exception {
    enter(store, 1, PLANNED);
    enter(store, 1, FIRST);
    enter(store, 1, SECOND);

    assertThat(report()).containsSubsequence("timeout", "bad_url");
  }

  private void putPlanAndRows() throws Exception {
    var targets =
        LongStream.rangeClosed(2, 5)
            .mapToObj(line -> Target.first(line, "http://h.example/", "http://h.example/"))
            .toList();
    var task = new FetchTask(JOB, 0, TaskId.planned(0), 1, targets, Instant.MAX);
    var garbage = new Plan.Never(1, "no", new Ending.Refused(Fault.Refused.BAD_URL, "no"));
    var plan =
        new Plan(JOB, 0, "e", 5, List.of(garbage), List.of(task), true, "", true, null, 100, 6);
    store.put(Keys.plan(JOB, 0), new Content.Bytes(Gzip.write(plan)), new Condition.Always());
    // Counted by the plan, so not read again.
    putRows(Keys.splitRows(JOB, 0), visit(1, new Ending.Refused(Fault.Refused.BAD_URL, "no")));
    putRows(
        Keys.rows(JOB, 0, TaskId.planned(0)),
        visit(2, new Ending.Stored(), 10),
        visit(3, new Ending.Stored(), 20));
    putRows(
        Keys.rows(JOB, 0, TaskId.planned(1)),
        visit(4, new Ending.Stored(), 70),
        visit(5, new Ending.Failed(Fault.Failed.TIMEOUT, "late")));
  }

  private static Visit visit(long line, Ending ending) {
    return visit(line, ending, 0);
  }

  private static Visit visit(long line, Ending ending, long bytes) {
    var never = Visit.never(line, "http://h.example/" + line, ending);
    return new Visit(
        line,
        never.url(),
        ending,
        1,
        null,
        List.of(),
        null,
        null,
        null,
        never.took(),
        bytes,
        0,
        null,
        null,
        null,
        null);
  }

  private void putRows(String key, Visit... visits) throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      for (var visit : visits) {
        gzip.write((RowJson.write(new Row(visit, null, null)) + "\n").getBytes(UTF_8));
      }
    }
    store.put(key, new Content.Bytes(bytes.toByteArray()), new Condition.Always());
  }

  private static Entered enter(MemoryStore store, long seed, ReportTask... group) throws Exception {
    var simulation = new Simulation(seed);
    return simulation.await(
        new ReportStage(store, MemoryOutbox.unbounded())
            .run(List.of(group), simulation.run(Duration.ofSeconds(30))));
  }

  private static Books books(MemoryStore store) {
    var state = store.get(Keys.ledger(JOB)).join().orElseThrow();
    return Json.read(Ledger.class, state.bytes()).books();
  }

  private String report() {
    return new String(store.get(Keys.report(JOB)).join().orElseThrow().bytes(), UTF_8);
  }
}
