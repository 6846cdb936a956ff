package dev.sluice.flow;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Those who go on with an archive.
///
/// @param extract reads back what ended in it
/// @param split deals anew what did not
public record Followers(Outbox<ExtractTask> extract, Outbox<SplitTask> split) {
  /// Tells them, whatever the time: the archive is there, and nothing else says so.
  ///
  /// @return completes when the queues have all of it
  public CompletionStage<?> tell(Archived archived, Run run) {
    var sends = new ArrayList<CompletableFuture<Boolean>>();
    archived.extract().ifPresent(task -> sends.add(extract.send(task, Deadline.NEVER)));
    for (var task : archived.split()) {
      sends.add(split.sendLater(task, task.delay(run.now()), Deadline.NEVER));
    }
    return run.resume(CompletableFuture.allOf(sends.toArray(CompletableFuture<?>[]::new)));
  }
}
