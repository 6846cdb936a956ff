/// What travels from step to step, how a URL can end, the books, and what a step may ask of the
/// world.
///
/// The messages are one record an arrow, in the order of the flow: [SplitTask] → [FetchTask] →
/// [ExtractTask] → [ReportTask]. A step knows neither its queue nor its neighbours: it gets a
/// message and ports ([ObjectStore], [Outbox], [Web]), and leaves one object that is put once.
@NullMarked
package dev.sluice.flow;

import org.jspecify.annotations.NullMarked;
