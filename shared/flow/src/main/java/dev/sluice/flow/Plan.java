package dev.sluice.flow;

import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The plan of a part: which of its lines are fetched by which task, and why the others never are.
/// It is the commit point of `split`, and a function of the manifest and the part's number alone,
/// so that splitting again gives the same plan.
///
/// @param etag of the manifest that it was made from; split does not follow a plan of another list
/// @param accepted lines that get a row
/// @param never the lines that are never fetched; their rows are stored after the plan
/// @param tasks for the other lines
/// @param exact whether duplicates were searched in all earlier parts, and not in this one alone
/// @param keys of the URLs that are new in this part: for each 16 bytes of its key and 8 of its
///   line, in base 64
/// @param last whether no part follows
/// @param unread why the list cannot be read beyond these lines, so that no part follows; null if
///   it can
/// @param nextOffset where the next part begins, in bytes of the manifest as inflated
/// @param nextLine its first line, counted from 1
public record Plan(
    JobId job,
    int part,
    String etag,
    long accepted,
    List<Never> never,
    List<FetchTask> tasks,
    boolean exact,
    String keys,
    boolean last,
    @Nullable String unread,
    long nextOffset,
    long nextLine) {
  /// A line that is never fetched.
  ///
  /// @param line its number in the manifest, counted from 1
  /// @param url as it stands in the manifest
  public record Never(long line, String url, Ending ending) {
    /// The visit of its row.
    public Visit visit() {
      return Visit.never(line, url, ending);
    }
  }

  public Plan {
    Rule.atLeast("part", 0, part);
    never = List.copyOf(never);
    tasks = List.copyOf(tasks);
    var targets = tasks.stream().mapToLong(task -> task.targets().size()).sum();
    if (never.size() + targets != accepted) {
      throw new IllegalArgumentException(
          "rows and targets must sum to accepted = "
              + accepted
              + ", got "
              + never.size()
              + " and "
              + targets);
    }
  }

  /// The lines that are never fetched, by ending and fault.
  public Counts counts() {
    return Counts.of(never.stream().map(Never::visit).toList());
  }

  /// The keys as they are put beside the plan, for the parts that follow, which need no more of it.
  public byte[] keyBytes() {
    return Base64.getDecoder().decode(keys);
  }

  /// The report of this plan.
  public ReportTask.Planned planned() {
    return new ReportTask.Planned(job, part, accepted, counts(), tasks.size(), exact, last, unread);
  }
}
