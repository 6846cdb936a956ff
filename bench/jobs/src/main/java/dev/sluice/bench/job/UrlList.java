package dev.sluice.bench.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// The URLs of a run: a function of the shape, the pages and the port.
final class UrlList {
  private UrlList() {}

  /// One URL a line. Each host is asked for pages in an order of its own; when a host has more
  /// lines than there are pages, a query tells the second round from the first.
  ///
  /// @param paths of pages, from the slash on
  static List<String> of(Shape shape, List<String> paths, int port) {
    var random = new Random(shape.seed());
    var order = new ArrayList<>(paths);
    Collections.shuffle(order, random);
    var tails = new ArrayList<String>();
    for (var i = 0; i < shape.lines(); i++) {
      tails.add(url(shape.hostOf(i), shape.turnOf(i), shape, order, port));
    }
    Collections.shuffle(tails, random);
    var lines = new ArrayList<String>();
    for (var tail : tails) {
      lines.add("http://" + (shape.hangs(lines.size() + 1) ? hanging(tail) : tail));
    }
    return lines;
  }

  private static String url(int host, int turn, Shape shape, List<String> order, int port) {
    var first = (long) host * order.size() / shape.hosts();
    var path = order.get((int) ((first + turn) % order.size()));
    var round = turn / order.size();
    return Shape.host(host) + ":" + port + path + (round == 0 ? "" : "?again=" + round);
  }

  private static String hanging(String tail) {
    var slash = tail.indexOf('/');
    return tail.substring(0, slash) + PageServer.HANG + tail.substring(slash);
  }
}
