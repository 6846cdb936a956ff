package dev.sluice.local.command;

import dev.sluice.edge.JobView;
import dev.sluice.edge.Json;
import dev.sluice.flow.Books;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.Ledger;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
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

  Status(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    if (job != null) {
      var id = Rows.id(job);
      var books = books(folder, id);
      if (books.isEmpty()) {
        throw Refused.usage("there is no job " + job + " in " + folder);
      }
      print(books.get());
      return 0;
    }
    var jobs = folder.resolve("jobs");
    if (!Files.isDirectory(jobs)) {
      out.println("no jobs in " + folder);
      return 0;
    }
    try (var all = Files.list(jobs)) {
      for (var one : all.sorted().toList()) {
        books(folder, new JobId(one.getFileName().toString())).ifPresent(this::print);
      }
    }
    return 0;
  }

  /// The books as they lie there; empty before the first entry.
  static Optional<Books> books(Path folder, JobId job) throws IOException {
    var state = folder.resolve(Keys.state(job));
    return Files.exists(state)
        ? Optional.of(Json.read(Ledger.class, Files.readAllBytes(state)).books())
        : Optional.empty();
  }

  private void print(Books books) {
    out.println(view(folder, books));
  }

  static String view(Path folder, Books books) {
    return JobView.of(books, folder.toString(), folder.resolve(Keys.report(books.job())).toString())
        .toString();
  }
}
