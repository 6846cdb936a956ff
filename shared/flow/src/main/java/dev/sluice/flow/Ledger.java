package dev.sluice.flow;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The state of a job: its books, and what must be known to enter no task twice. A pure fold of
/// tallies: their order does not matter, and one that comes again changes nothing.
///
/// @param lastPart the part that no other follows, once it is known
/// @param parts by number
public record Ledger(Books books, @Nullable Integer lastPart, Map<Integer, Part> parts) {
  /// What was entered for a part.
  ///
  /// @param accepted lines of it; null until it is planned
  /// @param rows entered so far, its own lines that are never fetched included
  /// @param entered tasks; empty again when the part is closed
  public record Part(@Nullable Long accepted, Counts rows, Set<String> entered) {
    static final Part NEW = new Part(null, Counts.NONE, Set.of());

    public Part {
      entered = Collections.unmodifiableSet(new TreeSet<>(entered));
    }

    /// Planned, and every line has its row: what comes now came before.
    boolean isClosed() {
      return accepted != null && rows.rows() >= accepted;
    }

    private Part planned(Tally.Planned planned) {
      return new Part(planned.accepted(), rows.plus(planned.counts()), entered).tidy();
    }

    private Part with(Tally.RowsStored stored) {
      var more = new TreeSet<>(entered);
      more.add(stored.task().name());
      return new Part(accepted, rows.plus(stored.counts()), more).tidy();
    }

    private Part tidy() {
      return isClosed() ? new Part(accepted, rows, Set.of()) : this;
    }
  }

  public Ledger {
    parts = Collections.unmodifiableMap(new TreeMap<>(parts));
  }

  /// A ledger that nothing was entered in.
  public static Ledger empty(JobId job) {
    return new Ledger(Books.empty(job), null, Map.of());
  }

  /// The numbers of the parts of which every line has its row.
  public Set<Integer> closedParts() {
    return parts.entrySet().stream()
        .filter(part -> part.getValue().isClosed())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Whether every line of the part has its row.
  public boolean isClosed(int part) {
    return part(part).isClosed();
  }

  /// Whether the part's plan was entered.
  public boolean isPlanned(int part) {
    return part(part).accepted != null;
  }

  /// Whether the rows of the task were entered.
  public boolean isEntered(int part, TaskId task) {
    return isClosed(part) || part(part).entered.contains(task.name());
  }

  /// This ledger with one more entry; the same if it was there.
  ///
  /// @param now when it is entered, for the books
  public Ledger with(Tally tally, Instant now) {
    return switch (tally) {
      case Tally.Planned planned -> {
        var part = part(planned.part());
        yield part.accepted != null
            ? this
            : with(
                planned.part(),
                part.planned(planned),
                planned.last() ? Integer.valueOf(planned.part()) : lastPart,
                now);
      }
      case Tally.RowsStored stored -> {
        var part = part(stored.part());
        yield part.isClosed() || part.entered.contains(stored.task().name())
            ? this
            : with(stored.part(), part.with(stored), lastPart, now);
      }
      case Tally.Rebuild _ -> this;
    };
  }

  private Part part(int number) {
    return parts.getOrDefault(number, Part.NEW);
  }

  private Ledger with(int number, Part part, @Nullable Integer last, Instant now) {
    var changed = new TreeMap<>(parts);
    changed.put(number, part);
    long accepted = 0;
    var counts = Counts.NONE;
    var planned = 0;
    for (var each : changed.values()) {
      // Rows of a part that is not planned yet are kept apart until it is.
      if (each.accepted != null) {
        accepted += each.accepted;
        counts = counts.plus(each.rows);
        planned++;
      }
    }
    var listed = last != null && planned == last + 1;
    var started = books.started() == null ? now : books.started();
    var sum = new Books(books.job(), accepted, counts, listed, started, null);
    var ended = sum.complete() ? now : null;
    return new Ledger(
        new Books(books.job(), accepted, counts, listed, started, ended), last, changed);
  }
}
