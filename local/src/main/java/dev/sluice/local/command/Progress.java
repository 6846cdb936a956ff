package dev.sluice.local.command;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Says how a job goes, on standard error. One thread.
interface Progress extends AutoCloseable {
  /// Whether anything is shown at all; if not, nobody need gather the numbers.
  default boolean speaks() {
    return true;
  }

  void show(View view);

  /// Removes the lines that it drew.
  @Override
  default void close() {}

  /// A bar on a terminal, otherwise a line each 10 s.
  static Progress on(Console console, LongSupplier nanoClock) {
    return console.columns() > 0 ? new Bar(console) : new PlainLines(console, nanoClock);
  }

  /// Says nothing.
  record Silent() implements Progress {
    @Override
    public boolean speaks() {
      return false;
    }

    @Override
    public void show(View view) {}
  }

  /// One line each 10 s.
  final class PlainLines implements Progress {
    private static final long EACH_NANOS = Duration.ofSeconds(10).toNanos();

    private final Console console;
    private final LongSupplier nanoClock;
    private long said;

    PlainLines(Console console, LongSupplier nanoClock) {
      this.console = console;
      this.nanoClock = nanoClock;
      said = nanoClock.getAsLong();
    }

    @Override
    public void show(View view) {
      var now = nanoClock.getAsLong();
      if (now - said < EACH_NANOS) {
        return;
      }
      said = now;
      var line = new StringBuilder(view.ratio(Bar.atLeast(console.err()))).append(" lines, ");
      line.append(view.timeLeft()).append("; ").append(view.throughput()).append("; ");
      line.append(view.outcomes());
      if (!view.holders().isEmpty()) {
        line.append("; ").append(view.holders());
      }
      console.err().println(line);
    }
  }
}
