package dev.sluice.bench.guarantees;

import java.time.Duration;

/// The command `bench/guarantees`.
public final class GuaranteesMain {
  private static final int USAGE = 2;

  private GuaranteesMain() {}

  /// Asks, prints the table on standard output, and exits: with 0 if each cell of Sluice is ok.
  public static void main(String[] args) throws InterruptedException {
    if (args.length > 0) {
      System.err.println("bench/guarantees: asks twelve questions of nine libraries, for about a");
      System.err.println("bench/guarantees: minute, and prints a table in Markdown. No options.");
      System.exit(args[0].equals("--help") ? 0 : USAGE);
    }
    var begun = System.nanoTime();
    var comparison =
        Comparison.ask(
            Question.all(),
            Comparison.libraries(),
            (number, of) ->
                System.err.println("bench/guarantees: question " + number + " of " + of));
    System.out.println(comparison.table());
    System.out.printf(
        "%nMeasured in %d s on Java %s with %d processors.%n",
        Duration.ofNanos(System.nanoTime() - begun).toSeconds(),
        Runtime.version().feature(),
        Runtime.getRuntime().availableProcessors());
    // The exit ends threads of libraries that hang.
    System.exit(comparison.cells().stream().allMatch(row -> row.getFirst().isOk()) ? 0 : 1);
  }
}
