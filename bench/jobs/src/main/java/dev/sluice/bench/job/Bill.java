package dev.sluice.bench.job;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// The bill of a job on AWS.
///
/// @param stored lines
/// @param seconds from the list that was put to the report
/// @param units by name of the price list
/// @param logBytes that functions wrote
record Bill(
    long stored,
    double seconds,
    Map<String, Meter.FunctionUse> functions,
    Map<String, Long> units,
    long logBytes) {
  private static final int SHOWN_OF = 1_000;
  private static final double MILLION = 1e6;
  private static final String GB_SECOND = "lambda.gb_second.arm64";
  private static final String INVOCATION = "lambda.request";

  Bill {
    functions = Map.copyOf(functions);
    units = Map.copyOf(units);
  }

  /// Prints it: of 1,000 URLs, and dollars for a million of them.
  void print(PrintStream out, int lines) {
    var prices = prices();
    var sum = 0.0;
    out.printf(
        Locale.ROOT,
        "%-34s %14s %14s%n",
        "prices of " + prices.get("date"),
        "1,000 URLs",
        "$ 1,000,000");
    for (var function : new TreeMap<>(functions).entrySet()) {
      var used = function.getValue().gigabyteSeconds();
      sum += row(out, lines, "GB-seconds, " + function.getKey(), used, price(prices, GB_SECOND));
    }
    for (var function : new TreeMap<>(functions).entrySet()) {
      var times = (double) function.getValue().invocations();
      sum += row(out, lines, "invocations, " + function.getKey(), times, price(prices, INVOCATION));
    }
    for (var unit : new TreeMap<>(units).entrySet()) {
      sum +=
          row(
              out,
              lines,
              "requests, " + unit.getKey(),
              (double) unit.getValue(),
              price(prices, unit.getKey()));
    }
    sum += row(out, lines, "GB of logs", logBytes / 1e9, price(prices, "logs.gb"));
    out.printf(Locale.ROOT, "%-34s %14s %14.2f%n", "sum", "", sum);
  }

  private static double row(PrintStream out, int lines, String name, double units, double price) {
    var dollars = units * price / lines * MILLION;
    out.printf(Locale.ROOT, "%-34s %14.3f %14.3f%n", name, units / lines * SHOWN_OF, dollars);
    return dollars;
  }

  private static double price(Properties prices, String name) {
    var price = prices.getProperty(name);
    if (price == null) {
      throw new IllegalStateException("prices.properties has no price of " + name);
    }
    return Double.parseDouble(price);
  }

  private static Properties prices() {
    var prices = new Properties();
    try (var in = Bill.class.getResourceAsStream("prices.properties")) {
      prices.load(in);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return prices;
  }
}
