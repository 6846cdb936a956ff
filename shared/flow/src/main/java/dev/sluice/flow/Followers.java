package dev.sluice.flow;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import java.time.Duration;
import java.time.Instant;
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
      sends.add(split.sendLater(task, delay(task, run.now()), Deadline.NEVER));
    }
    return run.resume(CompletableFuture.allOf(sends.toArray(CompletableFuture<?>[]::new)));
  }

  private static Duration delay(SplitTask.Leftovers task, Instant now) {
    var due = task.notBefore().isBefore(task.deadline()) ? task.notBefore() : task.deadline();
    var wait = Duration.between(now, due);
    if (!wait.isPositive()) {
      return Duration.ZERO;
    }
    return wait.compareTo(Outbox.MAX_DELAY) > 0 ? Outbox.MAX_DELAY : wait;
  }
}
