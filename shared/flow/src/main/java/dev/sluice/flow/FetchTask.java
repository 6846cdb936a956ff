package dev.sluice.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks `fetch` for up to [#MAX_TARGETS] URLs of one host group.
///
/// @param part of the manifest that the URLs stand in
/// @param hostGroup of all the URLs, counted from 0
/// @param deadline of the job; past it every URL ends as `gave_up`
/// @param fedAgain how often it came back from a dead-letter queue. The deduplication id holds it,
///   for a FIFO queue drops for five minutes every message of an id that it has taken
/// @param gaveUp why none of its URLs is fetched any more, as their rows will say; null while they
///   are
public record FetchTask(
    JobId job,
    int part,
    TaskId task,
    int hostGroup,
    List<Target> targets,
    Instant deadline,
    int fedAgain,
    @Nullable String gaveUp)
    implements Message {
  public static final int MAX_TARGETS = 100;

  /// A task's JSON is at most this long, in bytes of UTF-8, unless it has one URL: SQS bills each
  /// 64 KB.
  public static final int MAX_BYTES = 48 * 1024;

  /// The last round: URLs that it leaves over end as `gave_up`. A URL that waits for its turn at a
  /// slow host is dealt anew once an hour, and a year has 8,760 hours; a URL that comes back at
  /// once gets here within a few hours.
  public static final int MAX_ROUND = 10_000;

  /// Bytes of a target's JSON besides its URLs.
  private static final int TARGET_BYTES = 120;

  private static final int ALLOWED_BYTES = 50;

  public FetchTask {
    Rule.atLeast("part", 0, part);
    Rule.atLeast("hostGroup", 0, hostGroup);
    Rule.atLeast("fedAgain", 0, fedAgain);
    targets = List.copyOf(targets);
    if (targets.isEmpty() || targets.size() > MAX_TARGETS) {
      throw new IllegalArgumentException(
          "a task has 1 to " + MAX_TARGETS + " URLs, got " + targets.size());
    }
  }

  /// A task that was never a dead letter.
  public FetchTask(
      JobId job, int part, TaskId task, int hostGroup, List<Target> targets, Instant deadline) {
    this(job, part, task, hostGroup, targets, deadline, 0, null);
  }

  /// This task with another deadline, for a job that goes on after a pause.
  public FetchTask under(Instant other) {
    return new FetchTask(job, part, task, hostGroup, targets, other, fedAgain, gaveUp);
  }

  /// This task, once more back from a dead-letter queue.
  public FetchTask feedAgain() {
    return new FetchTask(job, part, task, hostGroup, targets, deadline, fedAgain + 1, gaveUp);
  }

  /// This task, but none of its URLs is fetched.
  ///
  /// @param why one sentence with the value, for the rows; null to fetch them
  public FetchTask givingUp(@Nullable String why) {
    return new FetchTask(job, part, task, hostGroup, targets, deadline, fedAgain, why);
  }

  /// How often the URLs of this task were dealt anew.
  public int round() {
    return task.round();
  }

  /// The host group alone, whatever the job: one host is only ever fetched by one invocation.
  @Override
  public String groupId() {
    return "host-group-" + hostGroup;
  }

  @Override
  public String deduplicationId() {
    return job + "-" + part + "-" + task + "-" + fedAgain;
  }

  /// Cuts targets, in their order, into lists that fit into one task each, by number and by bytes.
  /// A single URL may exceed the bytes with its redirects.
  public static List<List<Target>> cut(List<Target> targets) {
    var cut = new ArrayList<List<Target>>();
    var from = 0;
    var bytes = 0;
    for (var to = 0; to < targets.size(); to++) {
      var more = bytes(targets.get(to));
      if (to > from && (to - from == MAX_TARGETS || bytes + more > MAX_BYTES)) {
        cut.add(targets.subList(from, to));
        from = to;
        bytes = 0;
      }
      bytes += more;
    }
    if (from < targets.size()) {
      cut.add(targets.subList(from, targets.size()));
    }
    return cut;
  }

  private static int bytes(Target target) {
    var bytes = TARGET_BYTES + bytes(target.url());
    if (!target.listed().equals(target.url())) {
      bytes += bytes(target.listed());
    }
    for (var redirect : target.redirects()) {
      bytes += 3 + bytes(redirect);
    }
    return target.allowedUntil() == null ? bytes : bytes + ALLOWED_BYTES;
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }
}
