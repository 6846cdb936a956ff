package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.flow.Fault;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sluice rerun`: the lines that failed are the list of another job. They are read and written a
/// part at a time.
@Command(
    name = "rerun",
    description = {
      "A new job from the failures of one that has ended: lines that are failed, in",
      "the order of the input. It is named JOB-2, or by the next number that is free."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class RerunCommand implements Callable<Integer> {
  private static final Pattern NUMBERED = Pattern.compile("(.+)-([2-9]|[1-9]\\d{1,3})");
  private static final int MOST_NAME = 64;

  private final Job runner;
  private final Console console;

  @Parameters(paramLabel = "JOB", description = "Name of the job that has ended.")
  String job = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "sluice-out",
      description = "Where the job lies, and the new one will (${DEFAULT-VALUE}).")
  Path folder = Path.of("");

  @Option(
      names = "--only",
      paramLabel = "FAULT",
      split = ",",
      description = {
        "Only lines with these faults; those of refused lines may be named as well,",
        "for what is refused today may be allowed now (every fault of a failed line)."
      })
  List<String> only = List.of();

  @ArgGroup RunCommand.Shown shown = new RunCommand.Shown();

  @Mixin LimitOptions limits = new LimitOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  RerunCommand(Job runner, Console console) {
    this.runner = runner;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    var parameters = limits.parameters(RunCommand.TIMEOUT);
    only.forEach(RerunCommand::check);
    var old = Rows.id(job);
    var books = Files.isDirectory(folder) ? Status.books(folder, old) : Optional.empty();
    if (books.isEmpty()) {
      throw CommandRefused.usage("there is no job " + old + " in " + folder);
    }
    if (Watch.ended(folder, old) == null) {
      throw CommandRefused.usage("job " + old + " must have ended; `sluice run` goes on with it");
    }
    OutFolder.check(folder);
    var list = Files.createTempFile("sluice-rerun-", ".txt");
    try {
      var lines = write(old, list);
      if (lines == 0) {
        say("job " + old + " has no " + what() + ": there is nothing to do");
        return 0;
      }
      var id = next(old);
      say(String.format(Locale.ROOT, "%,d lines of %s as job %s", lines, old, id));
      return runner.run(
          new Job.Order(
              list,
              id,
              folder,
              parameters,
              limits.perHostDelay,
              limits.jobDeadline,
              shown.show(),
              "go on with: " + Shell.line(goOn(id))));
    } finally {
      Files.deleteIfExists(list);
    }
  }

  private static void check(String fault) {
    Fault known;
    try {
      known = Fault.of(fault);
    } catch (IllegalArgumentException unknown) {
      var all =
          Stream.<Fault>concat(
                  Arrays.stream(Fault.Failed.values()), Arrays.stream(Fault.Refused.values()))
              .filter(each -> each != Fault.Refused.BAD_LINE)
              .map(Fault::code)
              .collect(Collectors.joining(", "));
      throw CommandRefused.usage("--only must be of " + all + ", got \"" + fault + "\"");
    }
    if (known == Fault.Refused.BAD_LINE) {
      throw CommandRefused.usage(
          "--only must not be bad_line: such a line is no text to write again");
    }
  }

  private void say(String sentence) {
    if (shown.show() != Job.Show.NOTHING) {
      console.err().println("sluice: " + sentence);
    }
  }

  private String what() {
    return only.isEmpty() ? "failed lines" : "lines with " + String.join(" or ", only);
  }

  private long write(JobId old, Path list) throws IOException {
    var lines = new long[1];
    try (var out = new PrintWriter(Files.newBufferedWriter(list, UTF_8))) {
      Rows.inOrder(
          folder,
          old,
          this::isAsked,
          row -> {
            out.print(row.url() + "\n");
            lines[0]++;
          },
          out::checkError);
      if (out.checkError()) {
        throw new IOException("the list of the new job cannot be written to " + list);
      }
    }
    return lines[0];
  }

  private boolean isAsked(JsonNode row) {
    return only.isEmpty()
        ? row.path("outcome").asText().equals("failed")
        : only.contains(row.path("fault").asText());
  }

  /// The first that is free: of `spring` it is `spring-2`, of `spring-2` `spring-3`.
  private JobId next(JobId old) {
    var numbered = NUMBERED.matcher(old.name());
    var base = numbered.matches() ? numbered.group(1) : old.name();
    for (var number = numbered.matches() ? Integer.parseInt(numbered.group(2)) + 1 : 2;
        ;
        number++) {
      var end = "-" + number;
      var id =
          new JobId(base.substring(0, Math.min(base.length(), MOST_NAME - end.length())) + end);
      if (Stream.of(false, true)
          .noneMatch(gzip -> Files.exists(folder.resolve(Keys.manifest(id, gzip))))) {
        return id;
      }
    }
  }

  /// The new job's list lies in the bucket, so it is a job like any other.
  private List<String> goOn(JobId id) {
    var words = new ArrayList<String>();
    words.add(console.name());
    words.add("run");
    words.add(folder.resolve(Keys.manifest(id, false)).toString());
    words.addAll(List.of("--job", id.name()));
    var typed = spec.commandLine().getParent().getParseResult().originalArgs();
    for (var i = 1; i < typed.size(); i++) {
      if (typed.get(i).equals("--only")) {
        i++; // and what follows it
      } else if (!typed.get(i).startsWith("--only=") && !typed.get(i).equals(job)) {
        words.add(typed.get(i));
      }
    }
    return words;
  }
}
