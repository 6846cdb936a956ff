package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.edge.Json;
import dev.sluice.flow.Fault;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice rows`: a part at a time, so that memory is bounded by a part.
@Command(
    name = "rows",
    description = "Rows of a job as JSON lines, in the order of the input.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class Rows implements Callable<Integer> {
  private static final Set<String> OUTCOMES = Set.of("stored", "failed", "refused", "duplicate");

  private final PrintStream out;

  @Parameters(paramLabel = "JOB", description = "Name of the job.")
  String job = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "sluice-out",
      description = "Where the job lies (${DEFAULT-VALUE}).")
  Path folder = Path.of("");

  @Option(names = "--where", paramLabel = "FAULT|OUTCOME", description = "Only these rows (all).")
  @Nullable String where;

  Rows(PrintStream out) {
    this.out = out;
  }

  private record Line(long number, String json) {}

  @Override
  public Integer call() throws IOException {
    var rows = folder.resolve(Keys.rowsPrefix(id(job)));
    if (where != null && !OUTCOMES.contains(where)) {
      try {
        Fault.of(where);
      } catch (IllegalArgumentException unknown) {
        throw Refused.usage("--where must be an outcome or a fault, got \"" + where + "\"");
      }
    }
    if (!Files.isDirectory(rows)) {
      throw Refused.usage("there are no rows of job " + job + " in " + folder);
    }
    try (var parts = Files.list(rows)) {
      for (var part : parts.sorted().toList()) {
        print(part);
        if (out.checkError()) {
          return 0; // nobody reads any more, as in `sluice rows … | head`
        }
      }
    }
    return 0;
  }

  static JobId id(String job) {
    try {
      return new JobId(job);
    } catch (IllegalArgumentException wrong) {
      throw Refused.usage(String.valueOf(wrong.getMessage()));
    }
  }

  private void print(Path part) throws IOException {
    List<Line> lines = new ArrayList<>();
    try (var files = Files.list(part)) {
      for (var file : files.filter(name -> name.toString().endsWith(".jsonl.gz")).toList()) {
        read(file, lines);
      }
    }
    lines.sort(Comparator.comparingLong(Line::number));
    lines.forEach(line -> out.println(line.json));
  }

  private void read(Path file, List<Line> into) throws IOException {
    try (var in =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      for (var json = in.readLine(); json != null; json = in.readLine()) {
        var row = Json.tree(json);
        if (where == null
            || row.path("outcome").asText().equals(where)
            || row.path("fault").asText().equals(where)) {
          into.add(new Line(row.path("line").asLong(), json));
        }
      }
    }
  }
}
