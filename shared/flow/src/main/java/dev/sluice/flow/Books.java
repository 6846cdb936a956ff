package dev.sluice.flow;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The books of a job, as every view shows them: accepted = stored + failed + refused + duplicate +
/// pending.
///
/// @param accepted lines of the parts that are planned
/// @param counts rows as stored, by outcome and fault
/// @param listed whether the whole list was read: `accepted` grows no more
/// @param started when the first entry was made
/// @param ended when the last row was entered
public record Books(
    JobId job,
    long accepted,
    Counts counts,
    boolean listed,
    @Nullable Instant started,
    @Nullable Instant ended) {
  /// The books of a job that nothing was entered for.
  public static Books empty(JobId job) {
    return new Books(job, 0, Counts.NONE, false, null, null);
  }

  /// Lines without a row.
  public long pending() {
    return Math.max(0, accepted - counts.rows());
  }

  /// Whether no line has more than one row, as far as sums can tell.
  public boolean balanced() {
    return accepted == counts.rows() + pending();
  }

  /// Whether the list was read to its end and every line has its row.
  public boolean complete() {
    return listed && pending() == 0;
  }
}
