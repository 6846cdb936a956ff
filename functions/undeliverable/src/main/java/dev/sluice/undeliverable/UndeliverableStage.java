package dev.sluice.undeliverable;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.ArchiveTail;
import dev.sluice.archive.Extraction;
import dev.sluice.archive.Json;
import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.flow.Ending;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.Fault;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Followers;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Leftover;
import dev.sluice.flow.LeftoverGroups;
import dev.sluice.flow.Message;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.Sha256;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Visit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Gives a dead letter its end: its work is tried once more, and then done in the way that needs
/// least.
///
/// | letter | the first time | the second time |
/// |---|---|---|
/// | `FetchTask` | fed again | of many URLs: each URL is left over for a task of its own, for one page that kills an invocation must not cost 99 others; of one URL: it ends as `lost` |
/// | `ExtractTask` | fed again | extracted here, its pages unread |
/// | `SplitTask` | fed again | fed again, [Message#MOST_FED_AGAIN] times; then its lines give up; a task that gives up and dies as often is kept |
/// | `ReportTask` | the books are rebuilt | they are rebuilt again, [Message#MOST_FED_AGAIN] times; then it is kept |
/// | unreadable | kept, byte for byte | – |
///
/// A `FetchTask` or an `ExtractTask` that has died twice is kept as well.
final class UndeliverableStage {
  /// The reason of all rebuilds: two requests within five minutes are one, for a rebuild finds all
  /// rows that are there.
  private static final String REASON = "dead-letter";

  private final UndeliverablePorts ports;

  UndeliverableStage(UndeliverablePorts ports) {
    this.ports = ports;
  }

  CompletableFuture<Undelivered> run(DeadLetter letter, Run run) {
    var end =
        switch (letter) {
          case DeadLetter.Unreadable unreadable -> keep(unreadable, run);
          case DeadLetter.Ours(SplitTask task) -> split(task, run);
          case DeadLetter.Ours(FetchTask task) -> fetch(task, run);
          case DeadLetter.Ours(ExtractTask task) -> extract(task, run);
          case DeadLetter.Ours(ReportTask reportTask) -> rebuild(reportTask, run);
        };
    return end.toCompletableFuture();
  }

  private CompletionStage<Undelivered> keep(DeadLetter.Unreadable letter, Run run) {
    return keep(letter.body(), run)
        .thenApply(key -> new Undelivered(DeadLetterEnd.KEPT, key + ": " + letter.why()));
  }

  /// Keeps a message, with which the death of its function can be tried.
  private CompletionStage<String> keep(Message message, Run run) {
    return keep(Json.write(message), run);
  }

  private CompletionStage<String> keep(String body, Run run) {
    var bytes = body.getBytes(UTF_8);
    var key = Keys.undeliverable(Sha256.hex(bytes, 16));
    return run.resume(ports.store().putOnce(key, bytes)).thenApply(_ -> key);
  }

  private static CompletionStage<Undelivered> fed(
      Message message, CompletableFuture<Boolean> send, Run run) {
    return run.resume(send)
        .thenApply(_ -> new Undelivered(DeadLetterEnd.FED_AGAIN, message.deduplicationId()));
  }

  private CompletionStage<Undelivered> split(SplitTask task, Run run) {
    if (task.fedAgain() < Message.MOST_FED_AGAIN) {
      var again = task.feedAgain();
      return fed(again, ports.split().send(again, Deadline.NEVER), run);
    }
    if (task.gaveUp() != null) {
      return kept(task, run);
    }
    var last =
        task.givingUp(
            task.deduplicationId()
                + " came back from the dead-letter queue of split "
                + Message.MOST_FED_AGAIN
                + " times");
    return run.resume(ports.split().send(last, Deadline.NEVER))
        .thenApply(_ -> new Undelivered(DeadLetterEnd.GAVE_UP, task.deduplicationId()));
  }

  private CompletionStage<Undelivered> kept(Message message, Run run) {
    return keep(message, run)
        .thenApply(
            key -> new Undelivered(DeadLetterEnd.KEPT, key + ": " + message.deduplicationId()));
  }

  private CompletionStage<Undelivered> fetch(FetchTask task, Run run) {
    if (task.fedAgain() == 0) {
      var again = task.feedAgain();
      return fed(again, ports.fetch().send(again, Deadline.NEVER), run);
    }
    var isAlone = task.targets().size() == 1;
    List<Visit> lost = isAlone ? List.of(lost(task)) : List.of();
    List<Leftover> left = isAlone ? List.of() : apart(task, run.now());
    return keep(task, run)
        .thenCompose(_ -> ArchiveTail.putOnce(ports.store(), task, lost, left, run))
        .thenCompose(archived -> new Followers(ports.extract(), ports.split()).tell(archived, run))
        .thenApply(_ ->
            new Undelivered(
                isAlone ? DeadLetterEnd.LOST : DeadLetterEnd.SINGLED_OUT, task.deduplicationId()));
  }

  private static Visit lost(FetchTask task) {
    var detail = "task " + task.task() + " came back from the dead-letter queue twice";
    return Visit.unanswered(
        task.targets().getFirst(), new Ending.Failed(Fault.Failed.LOST, detail));
  }

  /// Leftovers that are due so far apart that no two become one task.
  private static List<Leftover> apart(FetchTask task, Instant now) {
    var left = new ArrayList<Leftover>();
    var due = now;
    for (var target : task.targets()) {
      left.add(new Leftover(target, task.hostGroup(), due, false));
      due = due.plus(LeftoverGroups.STEP);
    }
    return left;
  }

  private CompletionStage<Undelivered> extract(ExtractTask task, Run run) {
    if (task.fedAgain() == 0) {
      var again = task.feedAgain();
      return fed(again, ports.extract().send(again, Deadline.NEVER), run);
    }
    return keep(task, run)
        .thenCompose(_ ->
            new Extraction(
                    ports.store(), ports.reportTasks(), Extraction.PageReader.NONE, ports.temp())
                .run(task, run))
        .thenApply(_ -> new Undelivered(DeadLetterEnd.EXTRACTED, task.deduplicationId()));
  }

  private CompletionStage<Undelivered> rebuild(ReportTask reportTask, Run run) {
    var before = reportTask instanceof ReportTask.Rebuild rebuild ? rebuild.fedAgain() : 0;
    if (before >= Message.MOST_FED_AGAIN) {
      return kept(reportTask, run);
    }
    var rebuild = new ReportTask.Rebuild(reportTask.job(), REASON, 0, before + 1);
    return run.resume(ports.reportTasks().send(rebuild, Deadline.NEVER))
        .thenApply(_ -> new Undelivered(DeadLetterEnd.REBUILD, reportTask.deduplicationId()));
  }
}
