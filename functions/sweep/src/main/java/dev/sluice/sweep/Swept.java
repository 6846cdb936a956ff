package dev.sluice.sweep;

/// What one sweep did.
///
/// @param unfinished jobs without a report
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
