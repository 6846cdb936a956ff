package dev.sluice.flow;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The books of a job, as every view shows them: accepted = stored + failed + refused + duplicate +
/// pending.
///
/// @param accepted lines of the parts that are planned
/// @param counts rows as stored, by ending and fault
/// @param listed whether the whole list was read: `accepted` grows no more
/// @param exact whether each line was compared with all before it; false when there were so many
///   URLs that some were compared with those of their part alone
/// @param unread why the list could not be read to its end; null if it could
/// @param hold when and how long split was held back; null if it never was
/// @param started when the first entry was made
/// @param ended when the last row was entered
public record Books(
    JobId job,
    long accepted,
    Counts counts,
    boolean listed,
    boolean exact,
    @Nullable String unread,
    @Nullable HeldBackTime hold,
    @Nullable Instant started,
    @Nullable Instant ended) {
  /// The books of a job that nothing was entered for.
  public static Books empty(JobId job) {
    return new Books(job, 0, Counts.NONE, false, true, null, null, null, null);
  }

  /// These books with more lines and rows.
  Books plus(long lines, Counts rows) {
    return new Books(
        job, accepted + lines, counts.plus(rows), listed, exact, unread, hold, started, ended);
  }

  /// These books with what a plan says of the whole list: whether it is exact, and why it is
  /// unread.
  Books told(ReportTask.Planned plan) {
    var why = unread == null ? plan.unread() : unread;
    return new Books(
        job, accepted, counts, listed, exact && plan.exact(), why, hold, started, ended);
  }

  /// These books after split was held back.
  Books heldBack(HeldBackTime more) {
    var all = hold == null ? more : hold.then(more);
    return new Books(job, accepted, counts, listed, exact, unread, all, started, ended);
  }

  /// These books after an entry at this time.
  Books at(Instant now, boolean whole) {
    var since = started == null ? now : started;
    var sum = new Books(job, accepted, counts, whole, exact, unread, hold, since, null);
    return sum.complete()
        ? new Books(job, accepted, counts, whole, exact, unread, hold, since, now)
        : sum;
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
