package dev.sluice.flow;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The ledger of a job: its books, and the tasks that are entered in them, so that none is entered
/// twice. It is a pure fold of report tasks: their order does not matter, and one that comes again
/// changes nothing. (Of two times that split was held back the earlier one is lost if it is
/// reported after the later one.)
///
/// It stays small however large the job is. Of a part whose every line has its row it holds that
/// fact alone; of every other part a bit for each planned task, and the names of the tasks that
/// were dealt anew.
///
/// @param lastPart the last part, once it is known
/// @param closed number of the parts that are closed, from part 0 on
/// @param parts the other parts, by number
public record Ledger(
    Books books, @Nullable Integer lastPart, int closed, Map<Integer, Part> parts) {
  /// The entries of a part.
  ///
  /// @param accepted its lines; null until it is planned
  /// @param rows entered so far, those of lines that are never fetched included
  /// @param planned tasks of round 0 that were entered
  /// @param dealtAnew names of the other tasks that were entered
  public record Part(@Nullable Long accepted, Counts rows, TaskSet planned, Set<String> dealtAnew) {
    static final Part NEW = new Part(null, Counts.NONE, TaskSet.NONE, Set.of());

    public Part {
      dealtAnew = Collections.unmodifiableSet(new TreeSet<>(dealtAnew));
    }

    /// Whether it is planned and every line has its row: every entry from now on was made before.
    boolean isClosed() {
      return accepted != null && rows.rows() >= accepted;
    }

    boolean has(TaskId task) {
      return task.round() == 0 ? planned.contains(task.number()) : dealtAnew.contains(task.name());
    }

    private Part planned(ReportTask.Planned plan) {
      return new Part(plan.accepted(), rows.plus(plan.counts()), planned, dealtAnew).tidy();
    }

    private Part with(ReportTask.RowsStored stored) {
      var more = rows.plus(stored.counts());
      if (stored.task().round() == 0) {
        return new Part(accepted, more, planned.with(stored.task().number()), dealtAnew).tidy();
      }
      var names = new TreeSet<>(dealtAnew);
      names.add(stored.task().name());
      return new Part(accepted, more, planned, names).tidy();
    }

    private Part tidy() {
      return isClosed() ? new Part(accepted, rows, TaskSet.NONE, Set.of()) : this;
    }
  }

  public Ledger {
    Rule.atLeast("closed", 0, closed);
    parts = Collections.unmodifiableMap(new TreeMap<>(parts));
  }

  /// A ledger that nothing was entered in.
  public static Ledger empty(JobId job) {
    return new Ledger(Books.empty(job), null, 0, Map.of());
  }

  /// The numbers of the parts whose every line has its row.
  public Set<Integer> closedParts() {
    return Stream.concat(
            IntStream.range(0, closed).boxed(), parts.keySet().stream().filter(this::isClosed))
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Whether every line of the part has its row.
  public boolean isClosed(int part) {
    return part < closed || part(part).isClosed();
  }

  /// Whether the part's plan was entered.
  public boolean isPlanned(int part) {
    return part < closed || part(part).accepted != null;
  }

  /// Whether the rows of the task were entered.
  public boolean isEntered(int part, TaskId task) {
    return isClosed(part) || part(part).has(task);
  }

  /// This ledger with one more entry; the same if it was there.
  ///
  /// @param now when it is entered, for the books
  public Ledger with(ReportTask reportTask, Instant now) {
    return switch (reportTask) {
      case ReportTask.Planned planned -> isPlanned(planned.part()) ? this : plan(planned, now);
      case ReportTask.RowsStored stored ->
          isEntered(stored.part(), stored.task()) ? this : rows(stored, now);
      case ReportTask.HeldBack held ->
          new Ledger(books.heldBack(held.hold()), lastPart, closed, parts);
      case ReportTask.Rebuild _ -> this; // its entries come one by one
    };
  }

  private Ledger plan(ReportTask.Planned planned, Instant now) {
    var part = part(planned.part()).planned(planned);
    var sum = books.plus(planned.accepted(), part.rows).told(planned);
    var last = planned.last() ? (Integer) planned.part() : lastPart;
    return with(planned.part(), part, sum, last, now);
  }

  /// Rows of a part that is not planned yet are kept apart until it is.
  private Ledger rows(ReportTask.RowsStored stored, Instant now) {
    var sum = isPlanned(stored.part()) ? books.plus(0, stored.counts()) : books;
    return with(stored.part(), part(stored.part()).with(stored), sum, lastPart, now);
  }

  private Part part(int number) {
    return parts.getOrDefault(number, Part.NEW);
  }

  private Ledger with(int number, Part part, Books sum, @Nullable Integer last, Instant now) {
    var open = new TreeMap<>(parts);
    open.put(number, part);
    var folded = closed;
    for (var next = open.get(folded); next != null && next.isClosed(); next = open.get(folded)) {
      open.remove(folded);
      folded++;
    }
    var planned = folded + open.values().stream().filter(each -> each.accepted != null).count();
    var listed = last != null && planned == last + 1;
    return new Ledger(sum.at(now, listed), last, folded, open);
  }
}
