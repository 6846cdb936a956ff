package dev.sluice.bench.fanout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes the costs in Markdown, in the order of the cases.
final class CostTable {
  private CostTable() {}

  static String of(Map<Case, Cost> costs) {
    var sections = new LinkedHashMap<String, Map<String, Cost>>();
    costs.forEach((each, cost) ->
        sections.computeIfAbsent(each.section(), _ -> new LinkedHashMap<>()).put(each.row(), cost));
    var lines = new ArrayList<String>();
    sections.forEach((head, rows) -> section(lines, head, rows));
    return String.join("\n", lines);
  }

  private static void section(List<String> lines, String head, Map<String, Cost> rows) {
    if (!lines.isEmpty()) {
      lines.add("");
    }
    lines.add("| " + head + " | ns an item | lowest | bytes an item | ratio to the first |");
    lines.add("|---|--:|--:|--:|--:|");
    var first = rows.values().iterator().next().nanos();
    rows.forEach((row, cost) -> lines.add(line(row, cost, cost.nanos() / first)));
    var timed = rows.get(Case.TIMED);
    var untimed = rows.get(Case.UNTIMED);
    if (timed != null && untimed != null) {
      var one = timed.minus(untimed);
      lines.add(line("so a timeout, armed and cancelled", one, one.nanos() / first));
    }
  }

  private static String line(String row, Cost cost, double ratio) {
    return String.format(
        Locale.ROOT,
        "| %s | %,.1f | %,.1f | %,.1f | %.2f |",
        row,
        cost.nanos(),
        cost.lowest(),
        cost.bytes(),
        ratio);
  }
}
