package dev.sluice.bench.job;

import java.util.List;

/// The lines and tasks that came through split.
///
/// @param lines that stood in a task, each once
/// @param wrong lines that are missing, and places in tasks too many
/// @param tasks received
/// @param bytes of their messages
/// @param drainSeconds from the first task to the last
/// @param seconds from before the list was put to the last task
/// @param heldBackSeconds that split waited at the mark, as the state of the job says
/// @param chain invocations of one function in one chain of messages, at most
/// @param depths of the queue before the first task was received
record Drained(
    long lines,
    long wrong,
    long tasks,
    long bytes,
    double drainSeconds,
    double seconds,
    double heldBackSeconds,
    int chain,
    List<QueueDepth> depths) {
  Drained within(double wholeSeconds, double held, List<QueueDepth> before) {
    return new Drained(lines, wrong, tasks, bytes, drainSeconds, wholeSeconds, held, chain, before);
  }

  Drained with(int deepest) {
    return new Drained(
        lines, wrong, tasks, bytes, drainSeconds, seconds, heldBackSeconds, deepest, depths);
  }
}
