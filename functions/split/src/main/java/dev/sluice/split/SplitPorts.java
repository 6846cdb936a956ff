package dev.sluice.split;

import dev.sluice.flow.FetchTask;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Outbox;
import dev.sluice.flow.ReportTask;
import dev.sluice.flow.SplitTask;

/// The ports of [SplitStage].
///
/// @param opening takes the first tasks of a job; waits at a higher mark, so that a job that begins
///   need not take turns with jobs that are held back
/// @param tasks waits at the high-water mark
/// @param dealt takes tasks of leftovers, and never waits: they are work that was let in already
record SplitPorts(
    ObjectStore store,
    Outbox<SplitTask> parts,
    Outbox<FetchTask> opening,
    Outbox<FetchTask> tasks,
    Outbox<FetchTask> dealt,
    Outbox<ReportTask> reportTasks) {}
