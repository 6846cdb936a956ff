package dev.sluice.split;

import dev.sluice.edge.StoreStream;
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
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the lines of one part and plans them. A pure function of the manifest's bytes, the part
/// and what was seen before; blocks, for an offload.
final class PartReader {
  /// A part ends after these bytes of the list, however few lines they are: what is held of it and
  /// written to its plan is bounded, even by lines of 8 KiB each.
  static final long MAX_BYTES = 16L * 1024 * 1024;

  private final SplitTask.Part part;
  private final UrlRules rules;
  private final int partLines;
  private final Seen seen;
  private final boolean gaveUp;
  private final boolean exact;
  private final Deal deal;
  private final List<Plan.Never> never = new ArrayList<>();
  private long[] keys = new long[3 * 1024];
  private int fresh;
  private long number;
  private long offset;
  private long accepted;

  /// @param seen of the earlier parts; grows by what is new here
  /// @param gaveUp whether the job's deadline has passed: nothing is to be fetched any more
  PartReader(
      SplitTask.Part part, UrlRules rules, int partLines, int buckets, Seen seen, boolean gaveUp) {
    this.part = part;
    this.rules = rules;
    this.partLines = partLines;
    this.seen = seen;
    this.gaveUp = gaveUp;
    this.exact = seen.size() < Seen.MOST;
    this.number = part.line();
    this.offset = part.offset();
    this.deal = new Deal(buckets);
  }

  /// Opens the list at the part's first line.
  @FunctionalInterface
  interface Source {
    InputStream open() throws IOException;
  }

  /// Where the list breaks, or is another one, it ends.
  ///
  /// @throws StoreStream.Changed if it is another one and nothing of it was planned
  /// @throws IOException if the store does not answer
  Plan read(Source source) throws IOException {
    try (var in = source.open()) {
      var lines = new Lines(in, part.offset());
      while (number < part.line() + partLines && offset - part.offset() < MAX_BYTES) {
        var line = lines.next();
        if (line == null) {
          break;
        }
        if (line.isAccepted()) {
          accepted++;
          accept(number, line);
        }
        number++;
        offset = lines.offset();
      }
      return plan(lines.isAtEnd(), null);
    } catch (ListBroken broken) {
      return plan(true, broken.getMessage());
    } catch (StoreStream.Changed changed) {
      if (part.part() == 0) {
        throw changed; // the list that is there now has a message of its own
      }
      return plan(true, changed.getMessage());
    }
  }

  private Plan plan(boolean last, @Nullable String unread) {
    var tasks = deal.tasks(part);
    return new Plan(
        part.job(),
        part.part(),
        part.etag(),
        accepted,
        never,
        tasks,
        exact,
        Seen.encode(keys, fresh),
        last,
        unread,
        offset,
        number);
  }

  private void accept(long number, Lines.Line line) {
    var wrong = line.wrong();
    if (wrong != null) {
      never(number, line, new Ending.Refused(Fault.Refused.BAD_LINE, wrong));
      return;
    }
    switch (rules.parse(line.text())) {
      case Refusal refusal -> never(number, line, refusal.ending());
      case WebUrl url -> {
        var first = seenBefore(url, number);
        if (first != 0) {
          never(number, line, new Ending.Duplicate(first));
        } else if (gaveUp) {
          var detail = "the job's deadline " + part.deadline() + " has passed";
          never(number, line, new Ending.Failed(Fault.Failed.GAVE_UP, detail));
        } else {
          deal.add(url, Target.first(number, url.href(), line.text()));
        }
      }
    }
  }

  private long seenBefore(WebUrl url, long line) {
    var key = Seen.key(url.href());
    var high = key.getLong(0);
    var low = key.getLong(8);
    var first = seen.seen(high, low, line);
    if (first == 0) {
      if (keys.length == fresh * 3) {
        keys = Arrays.copyOf(keys, keys.length * 2);
      }
      keys[fresh * 3] = high;
      keys[fresh * 3 + 1] = low;
      keys[fresh * 3 + 2] = line;
      fresh++;
    }
    return first;
  }

  private void never(long number, Lines.Line line, Ending ending) {
    never.add(new Plan.Never(number, line.text(), ending));
  }
}
