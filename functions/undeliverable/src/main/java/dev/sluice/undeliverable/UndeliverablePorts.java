package dev.sluice.undeliverable;

import dev.sluice.flow.ExtractTask;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;
import java.nio.file.Path;

/// The ports of [UndeliverableStage].
///
/// @param temp the folder in which an archive lies while it is read
record UndeliverablePorts(
    ObjectStore store,
    Outbox<SplitTask> split,
    Outbox<FetchTask> fetch,
    Outbox<ExtractTask> extract,
    Outbox<ReportTask> reportTasks,
    Path temp) {}
