package dev.sluice.bench.job;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// `--stage price`: the bill of a job on AWS, counted in a run whose pages take a second each.
final class PriceRun {
  private static final long LATENCY_MILLIS = 1_000;

  private PriceRun() {}

  /// Runs it and prints the bill.
  ///
  /// @param redirects whether each URL redirects to another host first
  /// @return whether every line was stored
  static boolean run(
      Path home, Shape shape, boolean redirects, Path work, Processes started, PrintStream out)
      throws IOException, InterruptedException {
    var jars = home.resolve("bench/jobs/target/pages");
    var web = WebProcess.start(started, jars, shape.hosts(), LATENCY_MILLIS);
    var paths = JavadocPages.of(jars).all().stream().map(JavadocPages.Page::path).toList();
    var urls = UrlList.of(shape, paths, web.port());
    var list = work.resolve("list.txt");
    Files.write(list, redirects ? away(urls, shape) : urls);
    var bill = Child.answer(started, PriceOnly.class, Bill.class, home, work, list);
    var served = web.stop();
    row(out, "lines", shape.lines());
    row(out, "hosts", shape.hosts());
    row(out, "stored", bill.stored());
    row(out, "pages at the server", served.pages());
    row(out, "redirects at the server", served.redirects());
    out.printf(Locale.ROOT, "%-34s %14.1f s%n", "list put to report", bill.seconds());
    bill.print(out, shape.lines());
    return bill.stored() == shape.lines();
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
