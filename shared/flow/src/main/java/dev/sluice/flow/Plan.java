package dev.sluice.flow;

import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of the lines of a part: the commit point of `split`. A function of the manifest and
/// the part's number alone, so that splitting again gives the same.
///
/// @param etag of the manifest that it was made from: a plan of another list is not gone on with
/// @param accepted lines that get a row
/// @param never the lines that are never fetched; their rows are stored after the plan, from here
/// @param tasks for the others
/// @param exact whether all earlier parts were searched for duplicates, and not this one alone
/// @param keys of the URLs that were new in this part, each 16 bytes and its line in 8, in base 64
/// @param last whether no part follows
/// @param unread why the list cannot be read beyond these lines, if it cannot: none follows then
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
  /// @param url as it stands there
  public record Never(long line, String url, Ending ending) {
    /// Its row.
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

  /// The lines that are never fetched, by outcome and fault.
  public Counts counts() {
    return Counts.of(never.stream().map(Never::visit).toList());
  }

  /// Its keys as they are put beside it, for the parts that follow: of these they need no more.
  public byte[] keyBytes() {
    return Base64.getDecoder().decode(keys);
  }

  /// What the books are told of it.
  public ReportTask.Planned planned() {
    return new ReportTask.Planned(job, part, accepted, counts(), tasks.size(), exact, last, unread);
  }
}
