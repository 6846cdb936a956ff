package dev.sluice.flow;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// To `report`: what to enter in the books of a job.
public sealed interface ReportTask extends Message {
  /// A part was planned.
  ///
  /// @param accepted lines of the part that get a row
  /// @param counts of its lines that are never fetched; their rows are stored already
  /// @param tasks planned for the others
  /// @param exact see [Plan]
  /// @param last whether no part follows
  /// @param unread see [Plan]
  record Planned(
      JobId job,
      int part,
      long accepted,
      Counts counts,
      int tasks,
      boolean exact,
      boolean last,
      @Nullable String unread)
      implements ReportTask {
    public Planned {
      Rule.atLeast("part", 0, part);
      Rule.atLeast("accepted", 0, accepted);
      Rule.atLeast("tasks", 0, tasks);
      if (counts.rows() > accepted) {
        throw new IllegalArgumentException(
            "rows must not exceed accepted = " + accepted + ", got " + counts.rows());
      }
    }

    @Override
    public String deduplicationId() {
      return job + "-" + part;
    }
  }

  /// The rows of a task's archive were stored.
  ///
  /// @param counts as they stand in the rows as stored
  /// @param leftOver lines that the task left over, and that get their row from another
  record RowsStored(JobId job, int part, TaskId task, Counts counts, long leftOver)
      implements ReportTask {
    public RowsStored {
      Rule.atLeast("part", 0, part);
      Rule.atLeast("leftOver", 0, leftOver);
    }

    @Override
    public String deduplicationId() {
      return job + "-" + part + "-" + task;
    }
  }

  /// `split` was held back, until now.
  record HeldBack(JobId job, HeldBackTime hold) implements ReportTask {
    @Override
    public String deduplicationId() {
      return job + "-held-" + hold.until().toEpochMilli();
    }
  }

  /// Enter what plans and rows say and the books do not, part by part; `report` asks itself to go
  /// on when an invocation's time is over.
  ///
  /// @param reason of a kind that makes two requests differ, up to 40 of `a-z0-9-_.`
  /// @param part to go on from
  /// @param fedAgain how often it came back from a dead-letter queue, or met books that could not
  ///   be read, instead of going on
  record Rebuild(JobId job, String reason, int part, int fedAgain) implements ReportTask {
    private static final Pattern REASON = Pattern.compile("[a-z0-9_.-]{1,40}");

    public Rebuild {
      Rule.atLeast("part", 0, part);
      Rule.atLeast("fedAgain", 0, fedAgain);
      if (!REASON.matcher(reason).matches()) {
        throw new IllegalArgumentException(
            "reason must be 1 to 40 of a-z, 0-9, -, _ and ., got \"" + reason + "\"");
      }
    }

    /// From the first part on.
    public Rebuild(JobId job, String reason) {
      this(job, reason, 0, 0);
    }

    /// The same from another part on.
    public Rebuild from(int other) {
      return new Rebuild(job, reason, other, fedAgain);
    }

    @Override
    public String deduplicationId() {
      return job + "-rebuild-" + reason + "-" + part;
    }
  }

  @Override
  default String groupId() {
    return job().name();
  }
}
