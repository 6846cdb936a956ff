package dev.sluice.local.command;

import dev.sluice.flow.Books;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Keys;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// The books of a job for a person to read.
final class BooksSummary {
  private BooksSummary() {}

  static void print(Books books, Path folder, PrintStream out) {
    var counts = books.counts();
    if (books.accepted() == 0 && books.listed()) {
      out.println("a job of 0 lines: the list has none that counts");
    }
    if (books.unread() != null) {
      out.println("the list was not read to its end: " + books.unread());
    }
    if (books.hold() != null) {
      out.println(
          "split was held back for "
              + Amount.text(Duration.ofSeconds(Math.ceilDiv(books.hold().millis(), 1000)))
              + ", until "
              + books.hold().until().truncatedTo(ChronoUnit.SECONDS)
              + ", for lack of room");
    }
    line(out, "accepted", books.accepted());
    line(out, "  stored", counts.stored());
    line(out, "  failed", counts.failed());
    faults(out, books, true);
    line(out, "  refused", counts.refused());
    faults(out, books, false);
    line(out, "  duplicate", counts.duplicate());
    line(out, "  pending", books.pending());
    if (books.complete()) {
      out.println("report     " + folder.resolve(Keys.report(books.job())));
    }
  }

  private static void faults(PrintStream out, Books books, boolean failed) {
    books
        .counts()
        .faults()
        .forEach((code, lines) -> {
          if (Fault.of(code) instanceof Fault.Failed == failed) {
            line(out, "    " + code, lines);
          }
        });
  }

  private static void line(PrintStream out, String name, long lines) {
    out.println(String.format(Locale.ROOT, "%-20s %,12d", name, lines));
  }
}
