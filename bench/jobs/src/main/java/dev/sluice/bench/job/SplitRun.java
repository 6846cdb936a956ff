package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// `--stage split`: how many lines a second come through start and split, and what they take; and
/// `--stage depth`: how much lies before a consumer that stands still for a while.
final class SplitRun {
  private static final Duration LOOK = Duration.ofMillis(100);

  /// The template's mark is 192 messages; each of the two invocations of split fills up what it saw
  /// free.
  private static final long MOST = 2 * 192;

  private SplitRun() {}

  /// Runs it and prints its table.
  ///
  /// @param still for how long the consumer stands still, in whole seconds
  /// @return whether every line came through once, and no more lay there than the mark allows
  static boolean run(
      Path home,
      int lines,
      int hosts,
      Duration still,
      Path work,
      Processes started,
      PrintStream out)
      throws IOException, InterruptedException {
    var list = work.resolve("list.txt");
    write(list, lines, hosts);
    var bucket = Files.createDirectories(work.resolve("bucket"));
    var said = work.resolve("result.json");
    var process =
        started.start(
            Processes.java(
                    List.of(
                        "-Xmx320m",
                        "-Djava.io.tmpdir=" + Files.createDirectories(work.resolve("tmp"))),
                    SplitOnly.class,
                    home.resolve("template.yaml").toString(),
                    list.toString(),
                    bucket.toString(),
                    "" + lines,
                    "" + still.toSeconds())
                .redirectOutput(said.toFile()));
    var tree = new ProcessTree(process.toHandle());
    while (!process.waitFor(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
      tree.look();
    }
    var last = Files.readAllLines(said, UTF_8);
    if (process.exitValue() != 0 || last.isEmpty()) {
      throw new IOException("the stack ended with status " + process.exitValue());
    }
    var drained = Json.read(Drained.class, last.getLast().getBytes(UTF_8));
    depths(out, drained.depths());
    print(out, lines, hosts, drained, tree);
    return drained.wrong() == 0
        && drained.depths().stream().allMatch(depth -> depth.messages() <= MOST);
  }

  /// A line has some 60 bytes, and each is another URL.
  private static void write(Path list, int lines, int hosts) throws IOException {
    try (var out = Files.newBufferedWriter(list)) {
      for (var i = 0; i < lines; i++) {
        out.write("https://www.host-" + i % hosts + ".example/articles/2026/page-" + i + ".html\n");
      }
    }
  }

  private static void depths(PrintStream out, List<QueueDepth> depths) {
    if (!depths.isEmpty()) {
      out.printf("%8s %14s %14s%n", "after", "messages", "resident");
    }
    for (var depth : depths) {
      out.printf(
          Locale.ROOT,
          "%,6d s %,14d %,11d MB%n",
          depth.seconds(),
          depth.messages(),
          depth.megabytes());
    }
  }

  private static void print(
      PrintStream out, int lines, int hosts, Drained drained, ProcessTree tree) {
    row(out, "lines", "%,d", lines);
    row(out, "hosts", "%,d", hosts);
    row(out, "lines received, each once", "%,d", drained.lines());
    row(out, "lines missing or twice", "%,d", drained.wrong());
    row(out, "tasks", "%,d", drained.tasks());
    row(out, "invocations in one chain", "%,d", drained.chain());
    row(out, "MB of messages", "%,.1f", drained.bytes() / (double) (1 << 20));
    row(out, "list put to last task", "%,.1f s", drained.seconds());
    row(out, "  first task to last", "%,.1f s", drained.drainSeconds());
    row(out, "  split held back", "%,.1f s", drained.heldBackSeconds());
    row(out, "lines/s, list put to last task", "%,.0f", drained.lines() / drained.seconds());
    row(out, "tasks/s, first to last", "%,.0f", drained.tasks() / drained.drainSeconds());
    row(out, "peak resident, process", "%,.1f MB", tree.peakMegabytes());
    row(out, "CPU of the process", "%,.1f s", tree.cpuSeconds());
  }

  private static void row(PrintStream out, String name, String format, Object value) {
    out.printf(Locale.ROOT, "%-34s %14s%n", name, String.format(Locale.ROOT, format, value));
  }
}
