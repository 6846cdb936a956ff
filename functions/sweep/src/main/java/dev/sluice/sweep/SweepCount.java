package dev.sluice.sweep;

/// The counts of a sweep, in the order of its log line.
enum SweepCount {
  /// Jobs without a report, or with one and without their books.
  UNFINISHED,

  /// Unfinished jobs whose manifest had no plan, and which were started.
  STARTED,

  /// Unfinished jobs that were audited because their time is over.
  OVERDUE,

  /// Parts that split was asked to plan.
  PLANS,

  /// Archives that were written for tasks without one.
  ARCHIVES,

  /// Archives whose rows were written, or reported again.
  ROWS,

  /// Jobs of which only the books were wrong.
  REBUILT,

  /// Jobs whose sweep failed; the log says why.
  FAILED
}
