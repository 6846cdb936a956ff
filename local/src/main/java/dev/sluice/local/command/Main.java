package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `sluice`: what a person types.
@Command(
    name = "sluice",
    description =
        "Turns a list of URLs into a web archive, a table with one row for every URL, and a report.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private Main() {}

  /// Runs a command and exits with its status.
  public static void main(String[] args) throws IOException {
    var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    // Standard output is the result's alone; what functions log goes where SLUICE_LOG says.
    var log = System.getenv("SLUICE_LOG");
    System.setOut(
        log == null
            ? new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)
            : new PrintStream(Files.newOutputStream(Path.of(log)), true, UTF_8));
    var home = System.getProperty("sluice.home", ".");
    var status = execute(Path.of(home, "template.yaml"), out, System.err, System.in, args);
    out.flush();
    // Embedded servers have threads that are no daemons.
    System.exit(status);
  }

  static int execute(
      Path template, PrintStream out, PrintStream err, InputStream in, String... args) {
    var job = new Job(template, out, err);
    var line =
        new CommandLine(new Main())
            .addSubcommand(new RunCommand(job, in))
            .addSubcommand(new DemoCommand(job))
            .addSubcommand(new Status(out))
            .addSubcommand(new Rows(out))
            .setOut(new PrintWriter(out, true, UTF_8))
            .setErr(new PrintWriter(err, true, UTF_8))
            .setParameterExceptionHandler((wrong, _) -> {
              err.println("sluice: " + wrong.getMessage());
              return Refused.USAGE;
            })
            .setExecutionExceptionHandler((thrown, _, _) -> {
              if (thrown instanceof Refused refused) {
                err.println("sluice: " + refused.getMessage());
                return refused.status();
              }
              if (thrown instanceof IllegalArgumentException wrong) {
                err.println("sluice: " + wrong.getMessage());
                return Refused.USAGE;
              }
              throw thrown;
            });
    if (args.length == 0) {
      line.usage(err);
      return Refused.USAGE;
    }
    return line.execute(args);
  }
}
