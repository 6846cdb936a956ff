package dev.sluice.split;

import dev.sluice.archive.ArchiveReader;
import dev.sluice.archive.Gzip;
import dev.sluice.archive.RowFile;
import dev.sluice.archive.StoreStream;
import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.HeldBackTime;
import dev.sluice.flow.Keys;
import dev.sluice.flow.LeftoverGroups;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.Plan;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.Row;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Stage;
import dev.sluice.flow.url.UrlRules;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Plans one part of a manifest, or deals one group of leftovers anew.
final class SplitStage implements Stage<SplitTask, Split> {
  /// How long tasks wait at the mark before the part goes to the end of the queue and the time is
  /// reported. Waiting parts may hold all invocations, and leftovers, which need not wait, are
  /// behind them in the queue.
  private static final Duration TURN = Duration.ofSeconds(20);

  /// After so many turns in a row without a task that could be sent, the rest of the job gives up:
  /// that is a day, or less where the timeout of split leaves less than 20 s for a turn, in which
  /// nobody worked on the queues.
  static final int MOST_IDLE_TURNS = 4_320;

  private final SplitPorts ports;
  private final UrlRules rules;
  private final int partLines;
  private final int hostGroups;
  private final int openingTasks;

  /// @param openingTasks how many tasks of a job go by the opening port
  SplitStage(SplitPorts ports, UrlRules rules, int partLines, int hostGroups, int openingTasks) {
    this.ports = ports;
    this.rules = rules;
    this.partLines = partLines;
    this.hostGroups = hostGroups;
    this.openingTasks = openingTasks;
  }

  @Override
  public CompletionStage<Split> run(SplitTask message, Run run) {
    return switch (message) {
      case SplitTask.Part part ->
          run.resume(ports.store().get(Keys.plan(part.job(), part.part())))
              .thenCompose(there ->
                  there.isPresent()
                      ? run.cpu()
                          .submit(() -> Gzip.read(Plan.class, there.get().bytes()))
                          .thenCompose(plan -> follow(part, plan, SplitResult.AGAIN, run))
                      : plan(part, run));
      case SplitTask.Leftovers leftovers -> deal(leftovers, run);
    };
  }

  private CompletionStage<Split> plan(SplitTask.Part part, Run run) {
    var reader = new PartReader(part, rules, partLines, hostGroups, part.gaveUp(run.now()));
    return run.blocking()
        .submit(() -> reader.read(() -> open(part)))
        .thenCompose(urls -> new EarlierParts(ports.store(), run).compared(part, urls))
        .thenCompose(_ -> run.cpu().submit(reader::plan))
        .thenCompose(plan -> commit(part, plan, run))
        .exceptionallyCompose(failure ->
            failure.getCause() instanceof StoreStream.Changed changed
                ? anotherList(changed.getMessage())
                : CompletableFuture.failedFuture(failure));
  }

  private InputStream open(SplitTask.Part part) throws IOException {
    if (!part.manifest().endsWith(".gz")) {
      return new StoreStream(ports.store(), part.manifest(), part.etag(), part.offset());
    }
    var inflated =
        Inflated.of(
            part.manifest(), new StoreStream(ports.store(), part.manifest(), part.etag(), 0));
    inflated.skipNBytes(part.offset());
    return inflated;
  }

  private CompletionStage<Split> commit(SplitTask.Part part, Plan plan, Run run) {
    return run.cpu()
        .submit(() -> Gzip.write(plan))
        .thenCompose(
            bytes -> run.resume(ports.store().putOnce(Keys.plan(part.job(), part.part()), bytes)))
        .thenCompose(put ->
            put instanceof ObjectStore.Put.Done
                ? follow(part, plan, SplitResult.PLANNED, run)
                : this.run(part, run)); // another invocation was first: its plan counts
  }

  /// Does all that follows from a plan: its rows and keys, then its report, so that no row comes
  /// unexpected, then its tasks, then the next part.
  private CompletionStage<Split> follow(
      SplitTask.Part part, Plan plan, SplitResult result, Run run) {
    if (!plan.etag().equals(part.etag())) {
      return anotherList(
          part.manifest()
              + " was put anew: part "
              + part.part()
              + " is planned from "
              + plan.etag()
              + ", and "
              + part.etag()
              + " is another list; give it a job of its own");
    }
    return told(part, plan, run)
        .thenCompose(_ -> sendTasks(part, plan, run))
        .thenCompose(sent -> {
          if (sent < plan.tasks().size()) {
            var rest = rest(part.from(sent));
            return taken(ports.parts().send(rest, Deadline.NEVER), run)
                .thenApply(_ -> new Split(SplitResult.YIELDED, sent - part.firstTask()));
          }
          return next(part, plan, run).thenApply(_ -> new Split(result, sent - part.firstTask()));
        });
  }

  private static SplitTask.Part rest(SplitTask.Part rest) {
    return rest.idleTurns() < MOST_IDLE_TURNS
        ? rest
        : rest.givingUp(
            "no task could be sent in "
                + MOST_IDLE_TURNS
                + " turns in a row: the queues of fetch and extract stayed full");
  }

  /// Refuses a message of another list: the job keeps to the list that it has begun with.
  private static CompletionStage<Split> anotherList(@Nullable String why) {
    return CompletableFuture.completedFuture(new Split(SplitResult.ANOTHER_LIST, 0, why));
  }

  /// Stores the rows and keys, and reports the plan; a part that yielded in the middle of its tasks
  /// did so before.
  private CompletionStage<?> told(SplitTask.Part part, Plan plan, Run run) {
    return part.firstTask() > 0
        ? CompletableFuture.completedFuture(true)
        : rows(part, plan, run)
            .thenCompose(_ ->
                run.resume(
                    ports.store().putOnce(Keys.planKeys(part.job(), part.part()), plan.keyBytes())))
            .thenCompose(_ -> taken(ports.reportTasks().send(plan.planned(), run.deadline()), run));
  }

  private CompletionStage<?> rows(SplitTask.Part part, Plan plan, Run run) {
    var key = Keys.splitRows(part.job(), part.part());
    return run.resume(ports.store().head(key))
        .thenCompose(there ->
            there.isPresent()
                ? CompletableFuture.completedFuture(true)
                : run.cpu()
                    .submit(() ->
                        RowFile.write(
                            plan.never().stream()
                                .map(never -> new Row(never.visit(), null, null))
                                .toList()))
                    .thenCompose(bytes ->
                        run.resume(ports.store().putOnce(key, bytes)).thenApply(_ -> true)));
  }

  /// Sends tasks, and returns the number of the first one that was not sent. The tasks after the
  /// opening look for room when the opening has taken its own. Tasks that give up do not wait.
  private CompletionStage<Integer> sendTasks(SplitTask.Part part, Plan plan, Run run) {
    var heldBefore = heldBack();
    var all = plan.tasks().size();
    var opening = part.part() == 0 ? Math.min(openingTasks, all) : 0;
    var beyond = run.deadline().left().minus(TURN);
    var turn = beyond.isPositive() ? run.deadline().minus(beyond) : run.deadline();
    if (part.gaveUp(run.now()) != null) {
      return send(ports.dealt(), part, plan, part.firstTask(), all, turn, run);
    }
    return send(ports.opening(), part, plan, part.firstTask(), opening, turn, run)
        .thenCompose(sent ->
            sent < opening
                ? CompletableFuture.completedFuture(sent)
                : send(ports.tasks(), part, plan, sent, all, turn, run))
        .thenCompose(
            sent -> heldBack(part, heldBack().minus(heldBefore), run).thenApply(_ -> sent));
  }

  /// Sends tasks from one number to another, and returns the number of the first that was not sent
  /// before the deadline.
  private static CompletionStage<Integer> send(
      Outbox<FetchTask> port,
      SplitTask.Part part,
      Plan plan,
      int from,
      int to,
      Deadline deadline,
      Run run) {
    var sends = new ArrayList<CompletableFuture<Boolean>>();
    for (var i = from; i < to; i++) {
      var task = plan.tasks().get(i).under(part.deadline()).givingUp(part.gaveUp());
      sends.add(port.send(task, deadline));
    }
    return run.resume(CompletableFuture.allOf(sends.toArray(CompletableFuture<?>[]::new)))
        .thenApply(_ -> from + firstRefused(sends));
  }

  private Duration heldBack() {
    return ports.opening().heldBack().plus(ports.tasks().heldBack());
  }

  private CompletionStage<Boolean> heldBack(SplitTask.Part part, Duration held, Run run) {
    if (held.toMillis() == 0) {
      return CompletableFuture.completedFuture(true);
    }
    var hold = HeldBackTime.between(run.now().minus(held), run.now());
    return taken(
        ports.reportTasks().send(new ReportTask.HeldBack(part.job(), hold), Deadline.NEVER), run);
  }

  private static int firstRefused(List<CompletableFuture<Boolean>> sends) {
    for (var i = 0; i < sends.size(); i++) {
      if (!sends.get(i).resultNow()) {
        return i;
      }
    }
    return sends.size();
  }

  /// Sends the next part unless it has a plan: a redelivery starts no second chain.
  private CompletionStage<?> next(SplitTask.Part part, Plan plan, Run run) {
    var next = part.next(plan);
    if (next.isEmpty()) {
      return CompletableFuture.completedFuture(true);
    }
    return run.resume(ports.store().head(Keys.plan(part.job(), part.part() + 1)))
        .thenCompose(there ->
            there.isPresent()
                ? CompletableFuture.completedFuture(true)
                : taken(ports.parts().send(next.get(), run.deadline()), run));
  }

  private CompletionStage<Split> deal(SplitTask.Leftovers task, Run run) {
    var wait = task.delay(run.now());
    if (wait.isPositive() && task.gaveUp() == null) {
      return taken(ports.parts().sendLater(task, wait, run.deadline()), run)
          .thenApply(_ -> new Split(SplitResult.EARLY, 0));
    }
    var key = Keys.archive(task.job(), task.part(), task.task());
    return run.resume(ports.store().get(key, task.offset(), task.length()))
        .thenCompose(piece ->
            run.blocking()
                .submit(() ->
                    ArchiveReader.leftovers(
                        key,
                        piece.orElseThrow(() -> new IOException(key + " is missing")).bytes())))
        .thenCompose(leftovers -> {
          var group = LeftoverGroups.of(leftovers).groups().get(task.group() - 1);
          var dealt =
              group
                  .task(task.job(), task.part(), task.task(), task.deadline())
                  .givingUp(task.gaveUp());
          return taken(ports.dealt().send(dealt, run.deadline()), run);
        })
        .thenApply(_ -> new Split(SplitResult.DEALT, 1));
  }

  /// Awaits a send that must not be left out: fails when the deadline passed first.
  private static CompletionStage<Boolean> taken(CompletableFuture<Boolean> send, Run run) {
    return run.resume(send)
        .thenApply(sent -> {
          if (!sent) {
            throw new IllegalStateException("the deadline passed before a message was sent");
          }
          return true;
        });
  }
}
