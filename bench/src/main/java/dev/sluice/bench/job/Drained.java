package dev.sluice.bench.job;

/// What came through split.
///
/// @param lines that stood in a task, each once
/// @param wrong lines that are missing, and places in tasks too many
/// @param tasks received
/// @param bytes of their messages
/// @param drainSeconds from the first task to the last
/// @param seconds from before the list was put to the last task
/// @param heldBackSeconds that split waited at the mark, as the state of the job says
record Drained(
    long lines,
    long wrong,
    long tasks,
    long bytes,
    double drainSeconds,
    double seconds,
    double heldBackSeconds) {
  Drained within(double wholeSeconds, double held) {
    return new Drained(lines, wrong, tasks, bytes, drainSeconds, wholeSeconds, held);
  }
}
