package dev.sluice.local.command;

import dev.sluice.flow.Books;
import dev.sluice.flow.Fault;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import dev.sluice.local.stack.Stack;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs one job on the embedded stack, shows how it goes, and what came of it.
final class Job {
  /// What is shown of it.
  enum Show {
    SUMMARY,
    JSON,
    NOTHING
  }

  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration SAY = Duration.ofSeconds(10);

  private final Path template;
  private final PrintStream out;
  private final PrintStream err;

  Job(Path template, PrintStream out, PrintStream err) {
    this.template = template;
    this.out = out;
    this.err = err;
  }

  /// Puts the list if it is new, goes on with it if not, and waits until the books are complete.
  ///
  /// @param list a file; gzip if its name says so
  /// @return the exit status
  int run(Path list, JobId job, Path folder, Map<String, String> parameters, Show show)
      throws IOException, InterruptedException {
    prepare(folder);
    var manifest = Keys.manifest(job, list.toString().endsWith(".gz"));
    var there = folder.resolve(manifest);
    if (Files.exists(there) && Files.mismatch(there, list) >= 0) {
      throw Refused.usage(
          "--job " + job + " in " + folder + " has another list; give it another name or --out");
    }
    var before = Status.books(folder, job);
    if (before.isPresent() && before.get().complete()) {
      return ended(before.get(), folder, show);
    }
    var hook = new Thread(() -> interrupted(job, folder, list));
    Runtime.getRuntime().addShutdownHook(hook);
    try (var stack = Stack.start(template, folder, parameters)) {
      if (Files.exists(there)) {
        stack.restart(job, manifest);
      } else {
        stack
            .store()
            .put(manifest, new ObjectStore.Content.File(list), new ObjectStore.Condition.IfAbsent())
            .join();
      }
      return ended(wait(job, folder, stack), folder, show);
    } finally {
      removeHook(hook);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // It runs already.
    }
  }

  /// Ctrl-C and SIGTERM: everything is on disk at any moment, so there is nothing to save.
  private void interrupted(JobId job, Path folder, Path list) {
    err.println();
    err.println(
        "interrupted; go on with: sluice run " + list + " --out " + folder + " --job " + job);
    err.flush();
    Runtime.getRuntime().halt(Refused.INTERRUPTED);
  }

  private static void prepare(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".sluice-", ""));
    } catch (IOException unwritable) {
      throw Refused.usage("--out must be a folder that can be written, got " + folder);
    }
  }

  private Books wait(JobId job, Path folder, Stack stack) throws InterruptedException, IOException {
    var said = System.nanoTime();
    while (true) {
      var books = Status.books(folder, job).orElse(Books.empty(job));
      if (books.complete()) {
        return books;
      }
      if (stack.broken().isPresent()) {
        throw Refused.usage(stack.broken().get());
      }
      if (System.nanoTime() - said > SAY.toNanos()) {
        said = System.nanoTime();
        err.println(progress(books));
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
  }

  private static String progress(Books books) {
    var done = books.accepted() - books.pending();
    return String.format(
        Locale.ROOT,
        "%,d of %s%,d lines done, %,d bytes",
        done,
        books.listed() ? "" : "≥ ",
        books.accepted(),
        books.counts().bytes());
  }

  private int ended(Books books, Path folder, Show show) {
    switch (show) {
      case JSON -> out.println(Status.view(folder, books));
      case SUMMARY -> summary(books, folder);
      case NOTHING -> {}
    }
    out.flush();
    return books.balanced() && books.pending() == 0 ? 0 : Refused.UNBALANCED;
  }

  private void summary(Books books, Path folder) {
    var counts = books.counts();
    if (books.accepted() == 0) {
      out.println("a job of 0 lines: the list has none that counts");
    }
    line("accepted", books.accepted());
    line("  stored", counts.stored());
    line("  failed", counts.failed());
    faults(books, true);
    line("  refused", counts.refused());
    faults(books, false);
    line("  duplicate", counts.duplicate());
    line("  pending", books.pending());
    out.println("report     " + folder.resolve(Keys.report(books.job())));
  }

  private void faults(Books books, boolean failed) {
    books
        .counts()
        .faults()
        .forEach((code, lines) -> {
          if (Fault.of(code) instanceof Fault.Failed == failed) {
            line("    " + code, lines);
          }
        });
  }

  private void line(String name, long lines) {
    out.println(String.format(Locale.ROOT, "%-20s %,12d", name, lines));
  }
}
