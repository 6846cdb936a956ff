package dev.sluice.submit;

import dev.sluice.async.Run;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.SplitTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Starts the jobs of manifests that were created. Starting a job again sends the same message, and
/// split finds its plans.
final class StartStage {
  private final ObjectStore store;
  private final Outbox<SplitTask> parts;
  private final Duration jobDeadline;

  /// @param jobDeadline from the manifest's creation; zero is none
  StartStage(ObjectStore store, Outbox<SplitTask> parts, Duration jobDeadline) {
    this.store = store;
    this.parts = parts;
    this.jobDeadline = jobDeadline;
  }

  CompletableFuture<Started> run(CreatedManifests created, Run run) {
    var starts = new ArrayList<CompletableFuture<Boolean>>();
    for (var manifest : created.manifests()) {
      starts.add(start(manifest, run).toCompletableFuture());
    }
    return CompletableFuture.allOf(starts.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            _ -> new Started((int) starts.stream().filter(CompletableFuture::resultNow).count()));
  }

  private CompletionStage<Boolean> start(String manifest, Run run) {
    return run.resume(store.head(manifest))
        .thenCompose(head -> {
          if (head.isEmpty()) {
            return CompletableFuture.completedFuture(false); // deleted since: nothing to do
          }
          var found = head.get();
          var first = SplitTask.Part.first(manifest, found.etag(), found.modified(), jobDeadline);
          return run.resume(parts.send(first, run.deadline()))
              .thenApply(sent -> {
                if (!sent) {
                  throw new IllegalStateException("no time left to start " + manifest);
                }
                return true;
              });
        });
  }
}
