/// The messages between steps, the endings of a URL, the books of a job, and the ports of a step.
///
/// The messages are one record an arrow, in the order of the flow: [SplitTask] → [FetchTask] →
/// [ExtractTask] → [ReportTask]. A step knows neither its queue nor its neighbours: it gets a
/// message and ports ([ObjectStore], [Outbox], [Web]), and leaves one object that is put once.
@NullMarked
package dev.sluice.flow;

import org.jspecify.annotations.NullMarked;
