package dev.sluice.archive;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.flow.Books;
import java.time.Duration;

/// The view of a job's books: the last line of `--json`, and the answer of the API.
public final class JobView {
  private JobView() {}

  /// The view of these books.
  ///
  /// @param out URL of the bucket
  /// @param report URL of the report
  public static ObjectNode of(Books books, String out, String report) {
    var counts = books.counts();
    var view =
        Json.object()
            .put("job", books.job().name())
            .put("accepted", books.accepted())
            .put("stored", counts.stored())
            .put("failed", counts.failed())
            .put("refused", counts.refused())
            .put("duplicate", counts.duplicate())
            .put("pending", books.pending())
            .put("balanced", books.balanced());
    view.put("duplicates", books.exact() ? "exact" : "exact_within_parts");
    if (books.unread() != null) {
      view.put("unread", books.unread());
    }
    var hold = books.hold();
    if (hold != null) {
      view.putObject("held_back")
          .put("since", hold.since().toString())
          .put("until", hold.until().toString())
          .put("seconds", hold.millis() / 1000.0);
    }
    var faults = view.putObject("faults");
    counts.faults().forEach(faults::put);
    var started = books.started();
    var ended = books.ended();
    var elapsed =
        started == null || ended == null ? Duration.ZERO : Duration.between(started, ended);
    return view.put("bytes", counts.bytes())
        .put("elapsed_s", elapsed.toMillis() / 1000.0)
        .put("out", out)
        .put("report", report);
  }
}
