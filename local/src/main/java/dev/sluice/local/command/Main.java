package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.flow.Failures;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jline.utils.Signals;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// `sluice`: the command that a person types.
@Command(
    name = "sluice",
    description =
        "Turns a list of URLs into a web archive, a table with one row for every URL, and a report.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "Exit status: 0 the books balance and nothing is pending, 1 they do not,",
      "2 usage, 3 the input cannot be read, 130 interrupted and can be continued."
    })
public final class Main {
  private static final int COLUMNS = 80;

  private Main() {}

  /// As the jar says.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      var version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"sluice " + (version == null ? "(not from its jar)" : version)};
    }
  }

  /// Runs a command and exits with its status.
  ///
  /// `sluice.home` is where the template lies, `sluice.command` what was typed to get here,
  /// `sluice.columns` the width of the terminal that standard error is (0: it is none), and
  /// `sluice.tmp` a folder that is removed at the end.
  public static void main(String[] args) throws IOException {
    var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    // Standard output has the result alone; the log of functions goes where SLUICE_LOG says.
    var log = System.getenv("SLUICE_LOG");
    System.setOut(
        log == null
            ? new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)
            : new PrintStream(Files.newOutputStream(Path.of(log)), true, UTF_8));
    var interruption = new Interruption();
    for (var signal : List.of("INT", "TERM", "HUP")) {
      Signals.register(signal, () -> signalled(interruption));
    }
    var console =
        new Console(
            out,
            System.err,
            System.in,
            Integer.getInteger("sluice.columns", 0),
            System.getProperty("sluice.command", "sluice"));
    var template = Path.of(System.getProperty("sluice.home", "."), "template.yaml");
    var status = execute(template, console, interruption, args);
    out.flush();
    removeTemporary();
    // Embedded servers have threads that are no daemons.
    System.exit(status);
  }

  /// At the first signal the job under way ends by itself, within [Interruption#MOST].
  private static void signalled(Interruption interruption) {
    if (interruption.ask()) {
      try {
        Thread.sleep(Interruption.MOST);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }
    removeTemporary();
    Runtime.getRuntime().halt(CommandRefused.INTERRUPTED);
  }

  private static void removeTemporary() {
    var folder = System.getProperty("sluice.tmp");
    if (folder == null) {
      return;
    }
    try (var files = Files.walk(Path.of(folder))) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException left) {
      // Somebody still writes there, and we are about to end: it is the system's to tidy.
    }
  }

  static int execute(Path template, Console console, Interruption interruption, String... args) {
    var job = new Job(template, console, interruption);
    var line =
        new CommandLine(new Main())
            .addSubcommand(new RunCommand(job, console))
            .addSubcommand(new DemoCommand(job, console))
            .addSubcommand(new RerunCommand(job, console))
            .addSubcommand(new Status(console.out()))
            .addSubcommand(new Rows(console.out()))
            .setUsageHelpWidth(COLUMNS)
            .setOut(new PrintWriter(console.out(), true, UTF_8))
            .setErr(new PrintWriter(console.err(), true, UTF_8))
            .setParameterExceptionHandler((wrong, _) -> {
              console.err().println("sluice: " + printable(sentence(wrong)));
              return CommandRefused.USAGE;
            })
            .setExecutionExceptionHandler((thrown, _, _) -> {
              if (thrown instanceof CommandRefused refused) {
                console.err().println("sluice: " + printable("" + refused.getMessage()));
                return refused.status();
              }
              console.err().println("sluice: " + printable(firstLine(Failures.cause(thrown))));
              return thrown instanceof IllegalArgumentException
                  ? CommandRefused.USAGE
                  : CommandRefused.UNBALANCED;
            });
    if (args.length == 0) {
      line.usage(console.err());
      return CommandRefused.USAGE;
    }
    return line.execute(args);
  }

  /// Rule, value and place, in our words where picocli's are for programmers.
  private static String sentence(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      var word = "\"" + unmatched.getUnmatched().getFirst() + "\"";
      var line = wrong.getCommandLine();
      return line.getParent() == null
          ? "there is no command "
              + word
              + "; there are "
              + String.join(", ", line.getSubcommands().keySet())
          : line.getCommandName() + " takes no more arguments, got " + word;
    }
    return firstLine(wrong)
        .replaceFirst("^Error: ", "")
        .replaceFirst(
            "^Invalid value for option '(.+?)': '(.*)' is not an? (int|long)$",
            "$1 must be a whole number that is not too large, got \"$2\"")
        .replaceFirst("^Invalid value for option '(.+?)'", "$1");
  }

  private static String firstLine(Throwable thrown) {
    var message = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
    return message.lines().findFirst().orElse("");
  }

  /// A value may hold anything; on a terminal some of it would do something.
  private static String printable(String sentence) {
    return sentence.replaceAll("\\p{Cntrl}", "?");
  }
}
