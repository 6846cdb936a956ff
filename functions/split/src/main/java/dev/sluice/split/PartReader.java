package dev.sluice.split;

import dev.sluice.archive.StoreStream;
import dev.sluice.flow.Ending;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Plan;
import dev.sluice.flow.SplitTask;
import dev.sluice.flow.Target;
import dev.sluice.flow.url.Refusal;
import dev.sluice.flow.url.UrlRules;
import dev.sluice.flow.url.WebUrl;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the lines of one part, and plans them when their URLs were compared with those of the
/// parts before. The plan is a pure function of the manifest's bytes, the part and the earlier
/// URLs. One owner after the other.
final class PartReader {
  /// A part ends after these bytes of the list, however few lines they are. So its lines in memory
  /// and its plan are bounded, even if each line has 8 KiB.
  static final long MAX_BYTES = 16L * 1024 * 1024;

  /// An accepted line.
  private sealed interface ListedLine {
    /// A line that is never fetched, whatever else the list holds.
    record NeverFetched(long line, String text, Ending ending) implements ListedLine {}

    /// @param entry number of the URL in [PartUrls]
    record WithUrl(long line, String text, WebUrl url, int entry) implements ListedLine {}
  }

  private final SplitTask.Part part;
  private final UrlRules rules;
  private final int partLines;
  private final @Nullable String gaveUp;
  private final Deal deal;
  private final PartUrls urls = new PartUrls();
  private final List<ListedLine> accepted = new ArrayList<>();
  private long number;
  private long offset;
  private boolean last;
  private @Nullable String unread;

  /// @param gaveUp why nothing is fetched any more; null while it is
  PartReader(
      SplitTask.Part part, UrlRules rules, int partLines, int hostGroups, @Nullable String gaveUp) {
    this.part = part;
    this.rules = rules;
    this.partLines = partLines;
    this.gaveUp = gaveUp;
    this.number = part.line();
    this.offset = part.offset();
    this.deal = new Deal(hostGroups);
  }

  /// Opens the list at the part's first line.
  @FunctionalInterface
  interface ListOpener {
    InputStream open() throws IOException;
  }

  /// Reads the lines; blocks. The list ends where it breaks, or where it was replaced.
  ///
  /// @return the URLs of the part, to be compared with those of earlier parts
  /// @throws StoreStream.Changed if the list was replaced before a part of it was planned
  /// @throws IOException if the store does not answer
  PartUrls read(ListOpener source) throws IOException {
    try (var in = source.open()) {
      var lines = new Lines(in, part.offset());
      while (number < part.line() + partLines && offset - part.offset() < MAX_BYTES) {
        var line = lines.next();
        if (line == null) {
          break;
        }
        if (line.isAccepted()) {
          accepted.add(listed(number, line));
        }
        number++;
        offset = lines.offset();
      }
      last = lines.isAtEnd();
    } catch (ListBroken broken) {
      endsHere(broken);
    } catch (StoreStream.Changed changed) {
      if (part.part() == 0) {
        throw changed; // the list that is there now has a message of its own
      }
      endsHere(changed);
    }
    return urls;
  }

  private void endsHere(IOException why) {
    last = true;
    unread = why.getMessage();
  }

  private ListedLine listed(long number, Lines.Line line) {
    var wrong = line.wrong();
    if (wrong != null) {
      var bad = new Ending.Refused(Fault.Refused.BAD_LINE, wrong);
      return new ListedLine.NeverFetched(number, line.text(), bad);
    }
    return switch (rules.parse(line.text())) {
      case Refusal refusal -> new ListedLine.NeverFetched(number, line.text(), refusal.ending());
      case WebUrl url ->
          new ListedLine.WithUrl(number, line.text(), url, urls.add(url.href(), number));
    };
  }

  /// The plan of the lines that were read.
  Plan plan() {
    var never = new ArrayList<Plan.Never>();
    for (var each : accepted) {
      switch (each) {
        case ListedLine.NeverFetched(var line, var text, var ending) ->
            never.add(new Plan.Never(line, text, ending));
        case ListedLine.WithUrl(var line, var text, var url, var entry) -> {
          var first = urls.firstLine(entry);
          if (first != line) {
            never.add(new Plan.Never(line, text, new Ending.Duplicate(first)));
          } else if (gaveUp != null) {
            var ending = new Ending.Failed(Fault.Failed.GAVE_UP, gaveUp);
            never.add(new Plan.Never(line, text, ending));
          } else {
            deal.add(url, Target.first(line, url.href(), text));
          }
        }
      }
    }
    return new Plan(
        part.job(),
        part.part(),
        part.etag(),
        accepted.size(),
        never,
        deal.tasks(part),
        !urls.isFull(),
        urls.newKeys(part.line()),
        last,
        unread,
        offset,
        number);
  }
}
