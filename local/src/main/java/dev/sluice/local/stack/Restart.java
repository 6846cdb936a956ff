package dev.sluice.local.stack;

import dev.sluice.archive.JobAudit;
import dev.sluice.archive.Json;
import dev.sluice.async.Run;
import dev.sluice.edge.SqsChannel;
import dev.sluice.fetch.plan.HostMemories;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Message;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.ObjectStore.Condition;
import dev.sluice.flow.ObjectStore.Content;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/// Goes on with a job whose messages are lost: an audit of the bucket names the parts, archives and
/// rows that are missing, and each is sent to the function that makes it. The times that the lost
/// messages had reserved at hosts are free again.
final class Restart implements JobAudit.Repair {
  private static final int SENDS_AT_ONCE = 8;

  private final ObjectStore store;
  private final Run run;
  private final SqsChannel<SplitTask> parts;
  private final SqsChannel<FetchTask> tasks;
  private final SqsChannel<ExtractTask> archives;
  private final SqsChannel<ReportTask> reportTasks;

  /// @param urlOf a queue of the template
  Restart(ObjectStore store, SqsAsyncClient sqs, UnaryOperator<String> urlOf, Run run) {
    this.store = store;
    this.run = run;
    parts = SqsChannel.unbounded(sqs, urlOf.apply("SplitQueue"), SENDS_AT_ONCE);
    tasks = SqsChannel.unbounded(sqs, urlOf.apply("FetchQueue"), SENDS_AT_ONCE);
    archives = SqsChannel.unbounded(sqs, urlOf.apply("ExtractQueue"), SENDS_AT_ONCE);
    reportTasks = SqsChannel.unbounded(sqs, urlOf.apply("ReportQueue"), SENDS_AT_ONCE);
  }

  CompletionStage<?> of(String manifest, Instant deadline) {
    return store
        .listAll(Keys.HOSTS, this::free, run)
        .thenCompose(_ -> run.resume(store.head(manifest)))
        .thenCompose(head ->
            JobAudit.over(
                store,
                SplitTask.Part.first(manifest, head.orElseThrow().etag(), deadline),
                this,
                run))
        .thenCompose(walked ->
            walked.foundAll()
                ? sent(reportTasks, new ReportTask.Rebuild(Keys.jobOf(manifest), "restart"))
                : CompletableFuture.completedFuture(true));
  }

  @Override
  public CompletionStage<?> plan(SplitTask.Part part) {
    return sent(parts, part);
  }

  @Override
  public CompletionStage<?> archive(FetchTask task) {
    return sent(tasks, task);
  }

  @Override
  public CompletionStage<?> rows(ExtractTask task) {
    return sent(archives, task);
  }

  private <M extends Message> CompletionStage<Boolean> sent(SqsChannel<M> channel, M message) {
    return run.resume(channel.send(message, run.deadline()))
        .thenApply(sent -> {
          if (!sent) {
            throw new IllegalStateException("the time to go on with the job is over");
          }
          return true;
        });
  }

  private CompletionStage<?> free(List<ObjectStore.StoredObject> page) {
    CompletionStage<Boolean> done = CompletableFuture.completedFuture(true);
    for (var entry : page) {
      done =
          done.thenCompose(_ -> run.resume(store.get(entry.key())))
              .thenCompose(piece ->
                  piece.isPresent()
                      ? free(entry.key(), piece.get())
                      : CompletableFuture.completedFuture(true));
    }
    return done;
  }

  /// If another run in the folder writes the object meanwhile, its version stands.
  private CompletionStage<Boolean> free(String key, ObjectStore.Piece piece) {
    HostMemories memories;
    try {
      memories = Json.read(HostMemories.class, piece.bytes());
    } catch (IllegalArgumentException unreadable) {
      return CompletableFuture.completedFuture(true); // forgotten, as fetch forgets it
    }
    var free = new Content.Bytes(Json.bytes(memories.withoutReservations()));
    return run.resume(store.put(key, free, new Condition.IfMatch(piece.etag())))
        .thenApply(_ -> true);
  }
}
