package dev.sluice.local.sam;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import dev.sluice.local.mapping.Arns;
import dev.sluice.local.stack.Stack;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Every function in Lambda's image, by `sam local invoke`, with each of its files from `events/`;
/// the store and the queues are the embedded stack's. `local/sam-invoke-all` starts it.
@Command(
    name = "sam-invoke-all",
    description = "Invokes every function in Lambda's image, with its files from events/.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class InvokeAll implements Callable<Integer> {
  /// More than a container needs to start, and less than the longest timeout of a function.
  private static final Duration AT_MOST = Duration.ofSeconds(90);

  private static final Duration TO_STOP = Duration.ofSeconds(15);

  private final PrintStream out;
  private final PrintStream err;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where template.yaml lies (${DEFAULT-VALUE}).")
  Path home = Path.of("");

  @Option(
      names = "--bridge",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Of the interface where containers reach this machine (none).")
  String bridge = "";

  @Option(
      names = "--config-env",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Of samconfig.toml (${DEFAULT-VALUE}).")
  String configEnv = "";

  @Parameters(
      paramLabel = "FUNCTION",
      arity = "0..*",
      description = "Logical ids in the template (all).")
  List<String> only = List.of();

  @Spec CommandSpec spec = CommandSpec.create();

  private InvokeAll(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /// Exits with 0 if every function answered as it must, with 1 if one did not.
  public static void main(String[] args) {
    var out = System.out;
    // Nobody reads the log of the stack's own functions here.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    var status =
        new CommandLine(new InvokeAll(out, System.err))
            .setExecutionExceptionHandler((thrown, _, _) -> {
              System.err.println("sam-invoke-all: " + thrown.getMessage());
              return 1;
            })
            .execute(args);
    out.flush();
    // Embedded servers have threads that are no daemons.
    System.exit(status);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var where = Bridge.of(bridge);
    var work = Files.createTempDirectory("sluice-sam-");
    try {
      var bucket = Files.createDirectory(work.resolve("bucket"));
      try (var stack = EventsStack.start(home.resolve("template.yaml"), bucket, where.listen())) {
        var variables = Files.writeString(work.resolve("variables"), variables(stack, where));
        return invokeAll(stack, variables, work);
      }
    } finally {
      delete(work);
    }
  }

  private int invokeAll(Stack stack, Path variables, Path work)
      throws IOException, InterruptedException {
    if (!stack.functions().containsAll(only)) {
      throw new ParameterException(
          spec.commandLine(), "FUNCTION must be of " + stack.functions() + ", got " + only);
    }
    var failed = 0;
    for (var event : EventFile.of(home.resolve("events"), stack.functions())) {
      if (only.isEmpty() || only.contains(event.function())) {
        var begun = System.nanoTime();
        var broken = invoke(event, variables, stack, work);
        var took = (System.nanoTime() - begun) / 1e9;
        out.println(
            String.format(
                Locale.ROOT,
                "%-8s %-24s %-6s %5.1f s",
                event.function(),
                "events/" + event.path().getFileName(),
                broken.isEmpty() ? "ok" : "FAILED",
                took));
        if (broken.isPresent()) {
          failed++;
          err.println(broken.get());
          err.println(Files.readString(work.resolve("log")));
        }
      }
    }
    return failed == 0 ? 0 : 1;
  }

  /// The variables of every function, as `--env-vars` wants them.
  private static String variables(Stack stack, Bridge where) {
    var all = Json.object();
    for (var function : stack.functions()) {
      var one = all.putObject(function);
      stack
          .environment(function)
          .forEach((name, value) -> one.put(name, where.seenFromAContainer(value)));
    }
    return all.toString();
  }

  /// The sentence that says what the function did wrong; empty if nothing.
  private Optional<String> invoke(EventFile event, Path variables, Stack stack, Path work)
      throws IOException, InterruptedException {
    var answer = work.resolve("answer");
    var sam =
        new ProcessBuilder(command(event, variables))
            .directory(home.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(answer.toFile())
            .redirectError(work.resolve("log").toFile());
    // SAM hands on the credentials that it finds: these are the stack's, not the user's own.
    var given = sam.environment();
    given.keySet().removeIf(name -> name.startsWith("AWS_"));
    given.putAll(credentials(stack.environment(event.function())));
    given.put("SAM_CLI_TELEMETRY", "0");
    var process = sam.start();
    try {
      if (!process.waitFor(AT_MOST.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.of("must answer in " + AT_MOST.toSeconds() + " s");
      }
    } finally {
      stop(process);
    }
    var json = Files.readString(answer).strip();
    if (process.exitValue() != 0 || !json.startsWith("{")) {
      return Optional.of("must answer, got exit " + process.exitValue() + " and: " + json);
    }
    return Expectation.broken(Json.tree(Files.readString(event.path())), Json.tree(json), stack);
  }

  private List<String> command(EventFile event, Path variables) {
    return List.of(
        "sam",
        "local",
        "invoke",
        event.function(),
        "--event",
        event.path().toAbsolutePath().toString(),
        "--config-env",
        configEnv,
        "--skip-pull-image",
        "--env-vars",
        variables.toString(),
        "--region",
        Arns.REGION,
        "--parameter-overrides",
        "Architecture=" + architecture());
  }

  /// Of this machine, so that no image is emulated.
  private static String architecture() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64";
  }

  private static Map<String, String> credentials(Map<String, String> environment) {
    return Map.of(
        "AWS_ACCESS_KEY_ID", environment.getOrDefault("AWS_ACCESS_KEY_ID", ""),
        "AWS_SECRET_ACCESS_KEY", environment.getOrDefault("AWS_SECRET_ACCESS_KEY", ""));
  }

  /// By SIGTERM first: SAM removes its container then.
  private static void stop(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(TO_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
