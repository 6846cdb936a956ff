package dev.sluice.flow;

import dev.sluice.async.Deadline;
import dev.sluice.async.Run;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The queues of the functions that go on with an archive.
///
/// @param extract reads back the lines that ended
/// @param split deals the others anew
public record Followers(Outbox<ExtractTask> extract, Outbox<SplitTask> split) {
  /// Sends the messages that follow from an archive, also past the deadline: nothing else tells
  /// that the archive is there.
  ///
  /// @return completes when the queues have all of them
  public CompletionStage<?> tell(Archived archived, Run run) {
    var sends = new ArrayList<CompletableFuture<Boolean>>();
    archived.extract().ifPresent(task -> sends.add(extract.send(task, Deadline.NEVER)));
    for (var task : archived.split()) {
      sends.add(split.sendLater(task, task.delay(run.now()), Deadline.NEVER));
    }
    return run.resume(CompletableFuture.allOf(sends.toArray(CompletableFuture<?>[]::new)));
  }
}
