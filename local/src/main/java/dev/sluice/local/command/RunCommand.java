package dev.sluice.local.command;

import dev.sluice.archive.GzipMembers;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sluice run`.
@Command(
    name = "run",
    description = "A whole job on this machine.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Job runner;
  private final Console console;

  @Parameters(paramLabel = "URLS", description = "A file, a .gz file, or - for standard input.")
  String urls = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "sluice-out",
      description = "The bucket: all that the job writes (${DEFAULT-VALUE}).")
  Path folder = Path.of("");

  @Option(
      names = "--job",
      paramLabel = "NAME",
      description = "Name of the job (that of the file, without its ending).")
  @Nullable String job;

  @ArgGroup Shown shown = new Shown();

  @Mixin LimitOptions limits = new LimitOptions();

  /// How the result is shown.
  static final class Shown {
    @Option(names = "--json", description = "The result as one JSON object (false).")
    boolean json;

    @Option(names = "--quiet", description = "Neither result nor progress (false).")
    boolean quiet;

    Job.Show show() {
      return json ? Job.Show.JSON : quiet ? Job.Show.NOTHING : Job.Show.SUMMARY;
    }
  }

  @Spec CommandSpec spec = CommandSpec.create();

  RunCommand(Job runner, Console console) {
    this.runner = runner;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    var parameters = limits.parameters(TIMEOUT);
    var list = urls.equals("-") ? Path.of("stdin.txt") : Path.of(urls);
    var id = Rows.id(job == null ? nameOf(list) : job);
    if (Files.isDirectory(list)) {
      throw CommandRefused.input("URLS must be a file, got the folder " + urls);
    }
    if (urls.equals("-") || (Files.exists(list) && !Files.isRegularFile(list))) {
      return spooled(list, id, parameters);
    }
    if (!Files.isReadable(list)) {
      throw CommandRefused.input(
          Files.exists(list)
              ? "URLS must be a file that can be read, got " + urls
              : "URLS must be a file that is there, got " + urls);
    }
    if (Job.isGzip(list)) {
      checkGzip(list);
    }
    return runner.run(order(list, id, parameters, typed()));
  }

  /// Copies standard input or a pipe, which can be read only once, to a file to put.
  private int spooled(Path from, JobId id, Map<String, String> parameters) throws IOException {
    OutFolder.check(folder); // before what may take long
    var spool = Files.createTempFile("sluice-list-", Job.isGzip(from) ? ".txt.gz" : ".txt");
    try {
      try (var in = urls.equals("-") ? console.in() : Files.newInputStream(from)) {
        Files.copy(in, spool, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException unreadable) {
        throw CommandRefused.input("URLS cannot be read to its end: " + unreadable.getMessage());
      }
      if (Job.isGzip(from)) {
        checkGzip(spool);
      }
      return runner.run(order(spool, id, parameters, fromManifest(spool, id)));
    } finally {
      Files.deleteIfExists(spool);
    }
  }

  private Job.Order order(
      Path list, JobId id, Map<String, String> parameters, List<String> command) {
    return new Job.Order(
        list,
        id,
        folder,
        parameters,
        limits.perHostDelay,
        limits.jobDeadline,
        shown.show(),
        "go on with: " + Shell.line(command));
  }

  private List<String> typed() {
    var words = new ArrayList<String>();
    words.add(console.name());
    words.addAll(spec.commandLine().getParent().getParseResult().originalArgs());
    return words;
  }

  /// Standard input cannot be read again, but its list lies in the bucket.
  private List<String> fromManifest(Path spool, JobId id) {
    var words = typed();
    words.set(
        words.lastIndexOf(urls), folder.resolve(Keys.manifest(id, Job.isGzip(spool))).toString());
    if (job == null) {
      words.addAll(List.of("--job", id.name()));
    }
    return words;
  }

  /// Reads the gzip list to its end: split could not read one that does not inflate.
  private static void checkGzip(Path list) {
    try (var in = new GzipMembers(Files.newInputStream(list), 64 * 1024)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException broken) {
      throw CommandRefused.input(
          "URLS ends with .gz and must be whole gzip, got " + list + ": " + broken.getMessage());
    }
  }

  /// The file's name without its endings, if that is a name that a job may have.
  private static String nameOf(Path list) {
    var file = list.getFileName();
    var name = (file == null ? "" : file.toString()).toLowerCase(Locale.ROOT);
    var job = name.replaceAll("(\\.[a-z0-9]+){1,2}$", "").replaceAll("[^a-z0-9_-]+", "-");
    job = job.replaceAll("^[^a-z0-9]+", "");
    return job.isEmpty() ? "job" : job.substring(0, Math.min(64, job.length()));
  }
}
