package dev.sluice.local.command;

import dev.sluice.archive.JobView;
import dev.sluice.archive.Json;
import dev.sluice.flow.Books;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice status`: the books as they lie in the folder.
@Command(
    name = "status",
    description = "The books of one job or of all.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class Status implements Callable<Integer> {
  private final PrintStream out;

  @Parameters(paramLabel = "JOB", arity = "0..1", description = "Name of the job (all).")
  @Nullable String job;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "sluice-out",
      description = "Where the jobs lie (${DEFAULT-VALUE}).")
  Path folder = Path.of("");

  @Option(names = "--json", description = "One JSON object a job (false).")
  boolean json;

  Status(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw CommandRefused.usage("--out must be a folder that is there, got " + folder);
    }
    if (job != null) {
      var id = Rows.id(job);
      var found = books(folder, id).orElseGet(() -> started(id));
      if (json) {
        out.println(view(folder, found));
      } else {
        BooksSummary.print(found, folder, out);
      }
      return 0;
    }
    var all = all();
    if (json) {
      all.forEach(books -> out.println(view(folder, books)));
    } else if (all.isEmpty()) {
      out.println("no jobs in " + folder);
    } else {
      out.println("  accepted    stored    failed   refused duplicate   pending  job");
      all.forEach(books -> out.println(line(books)));
    }
    return 0;
  }

  /// A job that was started and has no entry, or none that can be read.
  private Books started(JobId id) {
    for (var gzip : List.of(false, true)) {
      if (Files.exists(folder.resolve(Keys.manifest(id, gzip)))) {
        return Books.empty(id);
      }
    }
    throw CommandRefused.usage("there is no job " + id + " in " + folder);
  }

  private static String line(Books books) {
    var counts = books.counts();
    return String.format(
        Locale.ROOT,
        "%,10d%,10d%,10d%,10d%,10d%,10d  %s%s",
        books.accepted(),
        counts.stored(),
        counts.failed(),
        counts.refused(),
        counts.duplicate(),
        books.pending(),
        books.job(),
        books.complete() ? "" : " (not ended)");
  }

  /// By name. Of a job without any entry nothing is known.
  private List<Books> all() throws IOException {
    var jobs = folder.resolve("jobs");
    if (!Files.isDirectory(jobs)) {
      return List.of();
    }
    var all = new ArrayList<Books>();
    try (var names = Files.list(jobs)) {
      for (var name : names.map(path -> String.valueOf(path.getFileName())).sorted().toList()) {
        books(folder, Rows.id(name)).ifPresent(all::add);
      }
    }
    return all;
  }

  /// The books as they lie there; empty before the first entry, or if they cannot be read.
  static Optional<Books> books(Path folder, JobId job) throws IOException {
    return ledger(folder, job).map(Ledger::books);
  }

  /// The ledger as it lies in the folder; empty before the first entry, or if it cannot be read.
  static Optional<Ledger> ledger(Path folder, JobId job) throws IOException {
    var state = folder.resolve(Keys.ledger(job));
    return Files.exists(state) ? Json.ledger(Files.readAllBytes(state)) : Optional.empty();
  }

  static String view(Path folder, Books books) {
    return JobView.of(books, folder.toString(), folder.resolve(Keys.report(books.job())).toString())
        .toString();
  }
}
