package dev.sluice.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks `split` to cut one part of a manifest into tasks, or to deal the leftovers of an archive
/// anew.
public sealed interface SplitTask extends Message {
  /// The deadline of the job.
  Instant deadline();

  /// How often this task came back from a dead-letter queue.
  int fedAgain();

  /// Why none of its lines is fetched any more, as their rows will say; null while they are.
  @Nullable String gaveUp();

  /// This task, once more back from a dead-letter queue.
  SplitTask feedAgain();

  /// This task, but its lines end as `gave_up`.
  ///
  /// @param why one sentence with the value, for the rows
  SplitTask givingUp(String why);

  /// Cut the part of a manifest that begins at an offset.
  ///
  /// @param manifest key of the manifest
  /// @param etag of the manifest, so that a part is a function of one content
  /// @param part counted from 0
  /// @param offset bytes before the part, in the manifest as inflated
  /// @param line number of the part's first physical line, counted from 1
  /// @param firstTask the first task of the plan that was not sent yet; 0 at first
  /// @param deadline of the job
  /// @param idleTurns how often in a row the part waited at the high-water mark and sent no task
  record Part(
      JobId job,
      String manifest,
      String etag,
      int part,
      long offset,
      long line,
      int firstTask,
      Instant deadline,
      int idleTurns,
      int fedAgain,
      @Nullable String gaveUp)
      implements SplitTask {
    public Part {
      Rule.atLeast("part", 0, part);
      Rule.atLeast("offset", 0, offset);
      Rule.atLeast("line", 1, line);
      Rule.atLeast("firstTask", 0, firstTask);
      Rule.atLeast("idleTurns", 0, idleTurns);
      Rule.atLeast("fedAgain", 0, fedAgain);
    }

    /// A part that has not waited, was no dead letter, and is fetched.
    public Part(
        JobId job,
        String manifest,
        String etag,
        int part,
        long offset,
        long line,
        int firstTask,
        Instant deadline) {
      this(job, manifest, etag, part, offset, line, firstTask, deadline, 0, 0, null);
    }

    /// The deadline of a job that has none.
    private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

    /// The part that starts a job.
    ///
    /// @param created when the manifest was created
    /// @param jobDeadline from then on; zero for none
    /// @throws IllegalArgumentException if this is no manifest's key
    public static Part first(String manifest, String etag, Instant created, Duration jobDeadline) {
      return first(manifest, etag, jobDeadline.isZero() ? NEVER : created.plus(jobDeadline));
    }

    /// The part that starts a job with this deadline.
    public static Part first(String manifest, String etag, Instant deadline) {
      return new Part(Keys.jobOf(manifest), manifest, etag, 0, 0, 1, 0, deadline);
    }

    /// This part from one of its tasks on. If that is the task that it began with, the turn was
    /// idle; if not, the part goes on, and it no longer counts how often it was a dead letter.
    public Part from(int task) {
      var isIdle = task == firstTask;
      var idle = isIdle ? idleTurns + 1 : 0;
      var died = isIdle ? fedAgain : 0;
      return like(task, idle, died, gaveUp);
    }

    /// The part after this one, which gives up as this one does; none after the last.
    ///
    /// @param plan of this part
    public Optional<Part> next(Plan plan) {
      return plan.last()
          ? Optional.empty()
          : Optional.of(
              new Part(
                  job,
                  manifest,
                  etag,
                  part + 1,
                  plan.nextOffset(),
                  plan.nextLine(),
                  0,
                  deadline,
                  0,
                  0,
                  gaveUp));
    }

    /// Why nothing of the part is fetched any more; null while it is.
    public @Nullable String gaveUp(Instant now) {
      return gaveUp == null && !now.isBefore(deadline) ? Ending.deadlinePassed(deadline) : gaveUp;
    }

    private Part like(int task, int idle, int died, @Nullable String why) {
      return new Part(job, manifest, etag, part, offset, line, task, deadline, idle, died, why);
    }

    @Override
    public Part feedAgain() {
      return like(firstTask, idleTurns, fedAgain + 1, gaveUp);
    }

    @Override
    public Part givingUp(String why) {
      return like(firstTask, 0, 0, why);
    }

    @Override
    public String deduplicationId() {
      return job + "-" + part + "-" + firstTask;
    }
  }

  /// Deal anew one group of the leftovers of a task's archive.
  ///
  /// @param task the task of the archive
  /// @param group counted from 1; the new task is `task.child(group)`
  /// @param offset of the leftovers record in the archive, in bytes
  /// @param length of that record, in bytes
  /// @param notBefore when the group is due
  /// @param deadline of the job
  record Leftovers(
      JobId job,
      int part,
      TaskId task,
      int group,
      long offset,
      long length,
      Instant notBefore,
      Instant deadline,
      int fedAgain,
      @Nullable String gaveUp)
      implements SplitTask {
    public Leftovers {
      Rule.atLeast("part", 0, part);
      Rule.atLeast("group", 1, group);
      Rule.atLeast("offset", 0, offset);
      Rule.atLeast("length", 1, length);
      Rule.atLeast("fedAgain", 0, fedAgain);
    }

    /// A group that was never a dead letter.
    public Leftovers(
        JobId job,
        int part,
        TaskId task,
        int group,
        long offset,
        long length,
        Instant notBefore,
        Instant deadline) {
      this(job, part, task, group, offset, length, notBefore, deadline, 0, null);
    }

    @Override
    public Leftovers feedAgain() {
      return new Leftovers(
          job, part, task, group, offset, length, notBefore, deadline, fedAgain + 1, gaveUp);
    }

    @Override
    public Leftovers givingUp(String why) {
      return new Leftovers(job, part, task, group, offset, length, notBefore, deadline, 0, why);
    }

    /// How long a queue is to delay this task: until the group is due, but not past the job's
    /// deadline, after which nothing waits, and at most as long as a queue can. Zero when the group
    /// is due.
    public Duration delay(Instant now) {
      var due = notBefore.isBefore(deadline) ? notBefore : deadline;
      var wait = Duration.between(now, due);
      if (!wait.isPositive()) {
        return Duration.ZERO;
      }
      return wait.compareTo(Outbox.MAX_DELAY) > 0 ? Outbox.MAX_DELAY : wait;
    }

    @Override
    public String deduplicationId() {
      return job + "-" + part + "-" + task + "-" + group;
    }
  }

  @Override
  default String groupId() {
    return job().name();
  }
}
