package dev.sluice.bench.job;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `bench/job`.
@Command(
    name = "bench/job",
    description =
        "Runs a whole job over a loopback web of javadoc pages, checks every row, prints a table.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
  static final int WRONG = 1;
  static final int USAGE = 2;
  static final int INTERRUPTED = 130;
  private static final long SEED = 1;
  private static final List<String> STAGES = List.of("split", "depth", "price", "fair");
  private static final Duration STILL = Duration.ofMinutes(1);
  private static final Pattern DURATION = Pattern.compile("\\d{1,9}(ms|s|m|h)");

  private final Path home;
  private final PrintStream out;
  private final PrintStream err;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--lines",
      defaultValue = "20000",
      paramLabel = "N",
      description = "Lines of the list (${DEFAULT-VALUE}).")
  int lines;

  @Option(
      names = "--hosts",
      defaultValue = "250",
      paramLabel = "N",
      description = "Addresses 127.0.x.y that the lines are dealt to (${DEFAULT-VALUE}).")
  int hosts;

  @Option(
      names = "--hang",
      defaultValue = "0",
      paramLabel = "N",
      description = "Every Nth URL is never answered (${DEFAULT-VALUE}: none).")
  int hang;

  @Option(
      names = "--largest",
      defaultValue = "0",
      paramLabel = "N",
      description = "Lines of the first host (${DEFAULT-VALUE}: as many as of any other).")
  int largest;

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      description =
          "split: only submit and split, a counting consumer in the place of fetch; depth: the same,"
              + " where the consumer stands still for a minute first; price: what the job costs on"
              + " AWS, each page taking a second; fair: how long 100 URLs take behind it (the whole"
              + " job).")
  @Nullable String stage;

  @Option(
      names = "--redirects",
      description = "With --stage price: each URL redirects to another host first (false).")
  boolean redirects;

  @Option(names = "--timeout", paramLabel = "D", description = "As of sluice run.")
  @Nullable String timeout;

  @Option(
      names = "--per-host-delay",
      defaultValue = "0ms",
      paramLabel = "D",
      description = "As of sluice run (${DEFAULT-VALUE}).")
  String perHostDelay = "0ms";

  @Option(names = "--concurrency", paramLabel = "N", description = "As of sluice run.")
  @Nullable Integer concurrency;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A new folder for list, result and bucket, which is kept (a temporary one).")
  @Nullable Path folder;

  @Option(names = "--keep", description = "Keep the temporary folder (false).")
  boolean keep;

  @Option(
      names = "--jfr",
      paramLabel = "FILE",
      description = "Record the command with the Flight Recorder (no).")
  @Nullable Path jfr;

  Main(Path home, PrintStream out, PrintStream err) {
    this.home = home;
    this.out = out;
    this.err = err;
  }

  /// Runs it and exits: 0 all holds, 1 something does not, 2 usage, 130 interrupted.
  public static void main(String[] args) {
    var home = Path.of(System.getProperty("sluice.home", "."));
    System.exit(execute(home, System.out, System.err, args));
  }

  static int execute(Path home, PrintStream out, PrintStream err, String... args) {
    return new CommandLine(new Main(home, out, err))
        .setParameterExceptionHandler((wrong, _) -> {
          err.println("bench/job: " + wrong.getMessage());
          return USAGE;
        })
        .execute(args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var shape = shape();
    if (!ProcessTree.isKnown()) {
      throw usage("bench/job reads /proc, which Linux has and this system has not");
    }
    var work = work();
    var started = new Processes();
    var hook =
        new Thread(() -> {
          started.interrupt();
          tidy(work, keep);
        });
    Runtime.getRuntime().addShutdownHook(hook);
    var status = WRONG;
    try (started) {
      status = run(shape, work, started);
    } catch (IOException failed) {
      if (!started.isInterrupted()) {
        err.println("bench/job: " + failed.getMessage());
      }
    }
    if (started.isInterrupted()) {
      return INTERRUPTED; // the hook tidies
    }
    Runtime.getRuntime().removeShutdownHook(hook);
    tidy(work, keep || status == WRONG);
    return status;
  }

  private Shape shape() {
    if (stage != null && !STAGES.contains(stage)) {
      throw usage("--stage must be one of " + String.join(", ", STAGES) + ", got " + stage);
    }
    if (redirects && !"price".equals(stage)) {
      throw usage("--redirects goes with --stage price");
    }
    duration("--timeout", timeout);
    duration("--per-host-delay", perHostDelay);
    try {
      return new Shape(lines, hosts, hang, largest, SEED);
    } catch (IllegalArgumentException wrong) {
      throw usage(wrong.getMessage());
    }
  }

  private void duration(String option, @Nullable String value) {
    if (value != null && !DURATION.matcher(value).matches()) {
      throw usage(
          option + " must be a whole number and ms, s, m or h, as 500ms or 5s, got " + value);
    }
  }

  private ParameterException usage(@Nullable String sentence) {
    return new ParameterException(spec.commandLine(), String.valueOf(sentence));
  }

  private Path work() throws IOException {
    if (folder == null) {
      return Files.createTempDirectory("sluice-bench-");
    }
    if (Files.exists(folder)) {
      throw usage("--out must be a folder that is not there yet, got " + folder);
    }
    try {
      return Files.createDirectories(folder);
    } catch (IOException unwritable) {
      throw usage("--out must be a folder that can be made, got " + folder);
    }
  }

  private int run(Shape shape, Path work, Processes started)
      throws IOException, InterruptedException {
    if ("split".equals(stage) || "depth".equals(stage)) {
      var still = "depth".equals(stage) ? STILL : Duration.ZERO;
      return SplitRun.run(home, shape.lines(), shape.hosts(), still, work, started, out)
          ? 0
          : WRONG;
    }
    if ("fair".equals(stage)) {
      return FairRun.run(home, shape, work, started, out) ? 0 : WRONG;
    }
    if ("price".equals(stage)) {
      return PriceRun.run(home, shape, redirects, work, started, out) ? 0 : WRONG;
    }
    return new WholeRun(home, out, err)
        .run(shape, work, started, new WholeRun.As(perHostDelay, timeout, concurrency, jfr));
  }

  private void tidy(Path work, boolean kept) {
    if (kept || folder != null) {
      err.println("bench/job: list, result and bucket are in " + work);
    } else {
      remove(work);
    }
  }

  private void remove(Path work) {
    try (var all = Files.walk(work)) {
      for (var file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException left) {
      err.println("bench/job: left behind: " + work);
    }
  }
}
