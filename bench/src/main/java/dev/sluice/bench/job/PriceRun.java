package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.edge.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// `--stage price`: what a job would be billed for on AWS, counted in a run whose pages take a
/// second each.
final class PriceRun {
  private static final long LATENCY_MILLIS = 1_000;

  private PriceRun() {}

  /// Runs it and prints the bill.
  ///
  /// @param redirects whether each URL redirects to another host first
  /// @return whether every line was stored
  static boolean run(
      Path home, Shape shape, boolean redirects, Path work, Started started, PrintStream out)
      throws IOException, InterruptedException {
    var jars = home.resolve("bench/target/pages");
    var web = Web.start(started, jars, shape.hosts(), LATENCY_MILLIS);
    var paths = Pages.of(jars).all().stream().map(Pages.Page::path).toList();
    var urls = UrlList.of(shape, paths, web.port());
    var list = work.resolve("list.txt");
    Files.write(list, redirects ? away(urls, shape) : urls);
    var said = work.resolve("result.json");
    var process =
        started.start(
            Started.java(
                    List.of(
                        "-Xmx768m",
                        "-Djava.io.tmpdir=" + Files.createDirectories(work.resolve("tmp"))),
                    PriceOnly.class,
                    home.resolve("template.yaml").toString(),
                    list.toString(),
                    Files.createDirectories(work.resolve("bucket")).toString(),
                    "" + shape.lines())
                .redirectOutput(said.toFile()));
    var status = process.waitFor();
    var served = web.stop();
    var lines = Files.readAllLines(said, UTF_8);
    if (status != 0 || lines.isEmpty()) {
      throw new IOException("the stack ended with status " + status);
    }
    var bill = Json.read(Bill.class, lines.getLast().getBytes(UTF_8));
    row(out, "lines", bill.lines());
    row(out, "hosts", shape.hosts());
    row(out, "stored", bill.stored());
    row(out, "pages at the server", served.pages());
    row(out, "redirects at the server", served.redirects());
    out.printf(Locale.ROOT, "%-34s %14.1f s%n", "list put to report", bill.seconds());
    bill.print(out);
    return bill.stored() == bill.lines();
  }

  private static void row(PrintStream out, String name, long value) {
    out.printf(Locale.ROOT, "%-34s %,14d%n", name, value);
  }

  /// The same URLs behind a redirect, each from a host that is rarely its own.
  private static List<String> away(List<String> urls, Shape shape) {
    var away = new ArrayList<String>();
    for (var url : urls) {
      var hostAndRest = url.substring("http://".length());
      var colon = hostAndRest.indexOf(':');
      var slash = hostAndRest.indexOf('/');
      away.add(
          "http://"
              + Shape.host((away.size() * 7) % shape.hosts())
              + hostAndRest.substring(colon, slash)
              + PageServer.AWAY
              + hostAndRest.substring(0, colon)
              + hostAndRest.substring(slash));
    }
    return away;
  }
}
