package dev.sluice.bench.guarantees;

import java.time.Duration;

/// The command `bench/guarantees`.
public final class Main {
  private static final int USAGE = 2;

  private Main() {}

  /// Asks, prints the table on standard output, and exits: with 0 if each cell of Sluice is ok.
  public static void main(String[] args) throws InterruptedException {
    if (args.length > 0) {
      System.err.println("bench/guarantees: asks twelve questions of nine libraries, for about a");
      System.err.println("bench/guarantees: minute, and prints a table in Markdown. No options.");
      System.exit(args[0].equals("--help") ? 0 : USAGE);
    }
    var begun = System.nanoTime();
    var asked =
        Asked.ask(
            Question.all(),
            Asked.libraries(),
            (number, of) ->
                System.err.println("bench/guarantees: question " + number + " of " + of));
    System.out.println(asked.table());
    System.out.printf(
        "%nMeasured in %d s on Java %s with %d processors.%n",
        Duration.ofNanos(System.nanoTime() - begun).toSeconds(),
        Runtime.version().feature(),
        Runtime.getRuntime().availableProcessors());
    // The exit ends threads of libraries that hang.
    System.exit(asked.cells().stream().allMatch(row -> row.getFirst().isOk()) ? 0 : 1);
  }
}
