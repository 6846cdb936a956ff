package dev.sluice.flow;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Asks `report` to enter something in the books of a job.
public sealed interface ReportTask extends Message {
  /// A part was planned.
  ///
  /// @param accepted lines of the part that get a row
  /// @param counts of the lines that are never fetched; their rows are stored already
  /// @param tasks planned for the other lines
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
  /// @param counts of the rows as stored
  /// @param leftOver lines that the task left over; another task gives them their row
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

  /// Split was held back until now.
  record HeldBack(JobId job, HeldBackTime hold) implements ReportTask {
    @Override
    public String deduplicationId() {
      return job + "-held-" + hold.until().toEpochMilli();
    }
  }

  /// Enter the plans and rows that the books lack, part by part. When the time of an invocation is
  /// over, `report` asks itself to go on.
  ///
  /// @param reason tells two requests apart, up to 40 of `a-z0-9-_.`
  /// @param part to begin at
  /// @param fedAgain how often it came back from a dead-letter queue, or met books that cannot be
  ///   read
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

    /// Rebuilds from the first part on.
    public Rebuild(JobId job, String reason) {
      this(job, reason, 0, 0);
    }

    /// This request from another part on.
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
