package dev.sluice.local.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice run`.
@Command(
    name = "run",
    description = "A whole job on this machine.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Job runner;
  private final InputStream standardInput;

  @Parameters(paramLabel = "URLS", description = "A file, a .gz file, or - for standard input.")
  String urls = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "sluice-out",
      description = "The bucket: all that the job writes (${DEFAULT-VALUE}).")
  Path folder = Path.of("");

  @Option(names = "--job", paramLabel = "NAME", description = "Of the job (the file's name).")
  @Nullable String job;

  @ArgGroup Shown shown = new Shown();

  @Mixin Limits limits = new Limits();

  /// How the result is shown.
  static final class Shown {
    @Option(names = "--json", description = "The result as one JSON object (false).")
    boolean json;

    @Option(names = "--quiet", description = "No result (false).")
    boolean quiet;

    Job.Show show() {
      return json ? Job.Show.JSON : quiet ? Job.Show.NOTHING : Job.Show.SUMMARY;
    }
  }

  RunCommand(Job runner, InputStream standardInput) {
    this.runner = runner;
    this.standardInput = standardInput;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var parameters = limits.parameters(TIMEOUT);
    if (urls.equals("-")) {
      var spooled = Files.createTempFile("sluice-stdin-", ".txt");
      try {
        Files.copy(standardInput, spooled, StandardCopyOption.REPLACE_EXISTING);
        return runner.run(
            spooled, Rows.id(job == null ? "stdin" : job), folder, parameters, shown.show());
      } finally {
        Files.deleteIfExists(spooled);
      }
    }
    var list = Path.of(urls);
    if (Files.isDirectory(list)) {
      throw Refused.input("URLS must be a file, got the folder " + urls);
    }
    if (!Files.isReadable(list)) {
      throw Refused.input("URLS must be a file that can be read, got " + urls);
    }
    var name = job == null ? nameOf(list) : job;
    return runner.run(list, Rows.id(name), folder, parameters, shown.show());
  }

  /// The file's name without its endings, as far as a job may be named so.
  private static String nameOf(Path list) {
    var file = list.getFileName();
    var name = (file == null ? "" : file.toString()).toLowerCase(Locale.ROOT);
    var job = name.replaceAll("(\\.[a-z0-9]+){1,2}$", "").replaceAll("[^a-z0-9_-]+", "-");
    job = job.replaceAll("^[^a-z0-9]+", "");
    return job.isEmpty() ? "job" : job.substring(0, Math.min(64, job.length()));
  }
}
