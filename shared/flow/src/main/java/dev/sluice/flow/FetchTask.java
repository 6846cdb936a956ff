package dev.sluice.flow;

import java.time.Instant;
import java.util.List;

/// To `fetch`: up to [#MAX_TARGETS] URLs of one host bucket.
///
/// @param part of the manifest that the URLs stand in
/// @param bucket of all the URLs, counted from 0
/// @param deadline of the job; past it every URL ends as `gave_up`
public record FetchTask(
    JobId job, int part, TaskId task, int bucket, List<Target> targets, Instant deadline)
    implements Message {
  public static final int MAX_TARGETS = 100;

  /// A task's JSON is at most this long, in bytes of UTF-8, unless it has one URL: SQS bills each
  /// 64 KB.
  public static final int MAX_BYTES = 48 * 1024;

  public FetchTask {
    Rule.atLeast("part", 0, part);
    Rule.atLeast("bucket", 0, bucket);
    targets = List.copyOf(targets);
    if (targets.isEmpty() || targets.size() > MAX_TARGETS) {
      throw new IllegalArgumentException(
          "a task has 1 to " + MAX_TARGETS + " URLs, got " + targets.size());
    }
  }

  /// How often its URLs were dealt anew.
  public int round() {
    return task.round();
  }

  /// The bucket alone, whatever the job: one host is only ever fetched by one invocation.
  @Override
  public String groupId() {
    return "bucket-" + bucket;
  }

  @Override
  public String deduplicationId() {
    return job + "-" + part + "-" + task;
  }
}
