package dev.sluice.extract;

import dev.sluice.archive.Extracted;
import dev.sluice.archive.Extraction;
import dev.sluice.async.Run;
import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.Stage;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/// Reads an archive back into an index and rows, its pages included.
final class ExtractStage implements Stage<ExtractTask, Extracted> {
  private final Extraction extraction;

  /// @param temp the folder in which an archive lies while it is read
  ExtractStage(ObjectStore store, Outbox<ReportTask> reportTasks, Path temp) {
    extraction = new Extraction(store, reportTasks, PageColumns::read, temp);
  }

  @Override
  public CompletionStage<Extracted> run(ExtractTask task, Run run) {
    return extraction.run(task, run);
  }
}
