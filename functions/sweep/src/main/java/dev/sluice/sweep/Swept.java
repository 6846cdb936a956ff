package dev.sluice.sweep;

import dev.sluice.archive.JobAudit;

/// What one sweep did.
///
/// @param unfinished jobs without a report, or with one and without their books
/// @param started of these, manifests that nothing had been done for
/// @param overdue of these, jobs that were walked over because their time is over
/// @param plans parts that split was asked for
/// @param archives written for tasks that had none
/// @param rows written or told again
/// @param rebuilt jobs of which only the books were wrong
/// @param failed jobs that could not be looked after; the log says why
public record Swept(
    int unfinished,
    int started,
    int overdue,
    int plans,
    int archives,
    int rows,
    int rebuilt,
    int failed) {
  static final Swept NOTHING = new Swept(0, 0, 0, 0, 0, 0, 0, 0);

  /// One job that is under way, or not begun.
  static Swept underWay() {
    return new Swept(1, 0, 0, 0, 0, 0, 0, 0);
  }

  /// One job that nothing had been done for.
  static Swept begun() {
    return new Swept(1, 1, 0, 0, 0, 0, 0, 0);
  }

  /// One job whose time is over.
  static Swept over(JobAudit.Audited walked) {
    return new Swept(1, 0, 1, walked.plans(), walked.archives(), walked.rows(), 0, 0);
  }

  /// One job whose time is over, and that lacked nothing but its books.
  static Swept booksWrong() {
    return new Swept(1, 0, 1, 0, 0, 0, 1, 0);
  }

  /// One job that has ended and lost its books.
  static Swept booksGone() {
    return new Swept(1, 0, 0, 0, 0, 0, 1, 0);
  }

  /// One job that could not be looked after.
  static Swept broken() {
    return new Swept(1, 0, 0, 0, 0, 0, 0, 1);
  }

  Swept plus(Swept other) {
    return new Swept(
        unfinished + other.unfinished,
        started + other.started,
        overdue + other.overdue,
        plans + other.plans,
        archives + other.archives,
        rows + other.rows,
        rebuilt + other.rebuilt,
        failed + other.failed);
  }
}
