package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.Json;
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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
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

  /// A row.
  ///
  /// @param number of its line in the input
  /// @param url as it stands there
  record RowText(long number, String url, String json) {}

  @Override
  public Integer call() throws IOException {
    var id = id(job);
    if (where != null && !OUTCOMES.contains(where)) {
      try {
        Fault.of(where);
      } catch (IllegalArgumentException unknown) {
        throw CommandRefused.usage("--where must be an outcome or a fault, got \"" + where + "\"");
      }
    }
    // It ends when nobody reads any more, as in `sluice rows … | head`.
    inOrder(folder, id, this::isAsked, row -> out.println(row.json), out::checkError);
    return 0;
  }

  private boolean isAsked(JsonNode row) {
    return where == null
        || row.path("outcome").asText().equals(where)
        || row.path("fault").asText().equals(where);
  }

  /// Reads rows in the order of the input.
  ///
  /// @param which of them
  /// @param enough is asked after each part
  /// @throws CommandRefused if the job has none
  static void inOrder(
      Path folder,
      JobId job,
      Predicate<JsonNode> which,
      Consumer<RowText> to,
      BooleanSupplier enough)
      throws IOException {
    var rows = folder.resolve(Keys.rowsPrefix(job));
    if (!Files.isDirectory(rows)) {
      throw CommandRefused.usage("there are no rows of job " + job + " in " + folder);
    }
    try (var parts = Files.list(rows)) {
      for (var part : parts.sorted().toList()) {
        part(part, which, to);
        if (enough.getAsBoolean()) {
          return;
        }
      }
    }
  }

  static JobId id(String job) {
    try {
      return new JobId(job);
    } catch (IllegalArgumentException wrong) {
      throw CommandRefused.usage(String.valueOf(wrong.getMessage()));
    }
  }

  private static void part(Path part, Predicate<JsonNode> which, Consumer<RowText> to)
      throws IOException {
    List<RowText> lines = new ArrayList<>();
    try (var files = Files.list(part)) {
      for (var file : files.filter(name -> name.toString().endsWith(".jsonl.gz")).toList()) {
        read(file, which, lines);
      }
    }
    lines.sort(Comparator.comparingLong(RowText::number));
    lines.forEach(to);
  }

  private static void read(Path file, Predicate<JsonNode> which, List<RowText> into)
      throws IOException {
    try (var in =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      for (var json = in.readLine(); json != null; json = in.readLine()) {
        var row = Json.tree(json);
        if (which.test(row)) {
          into.add(new RowText(row.path("line").asLong(), row.path("url").asText(), json));
        }
      }
    }
  }
}
