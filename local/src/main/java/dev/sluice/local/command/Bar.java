package dev.sluice.local.command;

import java.io.PrintStream;
import me.tongfei.progressbar.DefaultProgressBarRenderer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/// Three lines at the foot of a terminal, drawn in place: the bar, the outcomes, the slowest hosts.
///
/// The library draws four times a second on a thread of its own, and each time writes all three at
/// once. Its own way to a terminal is not used: that takes Ctrl-C away from us.
final class Bar implements Progress {
  private static final int UPDATE_MILLIS = 250;
  private static final int LINES = 3;
  private static final String ESCAPE = "\u001b[";

  private final Screen screen;
  private final ProgressBar bar;
  private volatile View view = View.NOTHING;

  Bar(Console console) {
    screen = new Screen(console.err(), Math.min(console.columns(), 120) - 1);
    var unicode = atLeast(console.err()).equals("≥");
    bar =
        new ProgressBarBuilder()
            .setTaskName("")
            .setInitialMax(-1)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .continuousUpdate()
            .setRenderer(
                new Drawing(
                    unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII,
                    unicode ? "≥" : ">="))
            .setConsumer(screen)
            .build();
  }

  /// The sign that a total may grow, as far as the stream can write it.
  static String atLeast(PrintStream err) {
    return err.charset().newEncoder().canEncode('≥') ? "≥" : ">=";
  }

  @Override
  public void show(View view) {
    this.view = view;
    if (view.accepted() > 0) {
      bar.maxHint(view.accepted());
    }
    bar.stepTo(view.done());
  }

  @Override
  public void close() {
    bar.close();
    screen.clear(); // the library does not, of a bar that was closed before it was drawn once
  }

  private final class Drawing extends DefaultProgressBarRenderer {
    private final String atLeast;

    Drawing(ProgressBarStyle style, String atLeast) {
      super(style, "", 1, true, null, null, true, _ -> java.util.Optional.empty());
      this.atLeast = atLeast;
    }

    @Override
    protected String percentage(ProgressState progress) {
      return view.listed() ? super.percentage(progress) : "    "; // of what nobody knows yet
    }

    @Override
    protected String ratio(ProgressState progress) {
      return view.ratio(atLeast);
    }

    @Override
    protected String etaString(ProgressState progress) {
      return view.timeLeft();
    }

    @Override
    protected String speed(ProgressState progress) {
      return view.throughput();
    }

    @Override
    public String render(ProgressState progress, int columns) {
      return super.render(progress, columns) + "\n" + view.outcomes() + "\n" + view.holders();
    }
  }

  /// Knows how many lines of its own stand above the cursor.
  private static final class Screen implements ProgressBarConsumer {
    private final PrintStream err;
    private final int columns;
    private boolean drawn;

    Screen(PrintStream err, int columns) {
      this.err = err;
      this.columns = columns;
    }

    @Override
    public int getMaxRenderedLength() {
      return columns;
    }

    @Override
    public void accept(String lines) {
      var text = new StringBuilder(drawn ? up() : "");
      for (var line : lines.split("\n", LINES)) {
        text.append(line.length() > columns ? line.substring(0, columns) : line);
        text.append(ESCAPE).append("K\n"); // what stood behind it before
      }
      drawn = true;
      err.print(text);
      err.flush();
    }

    @Override
    public void clear() {
      err.print(drawn ? up() + ESCAPE + "J" : "");
      err.flush();
      drawn = false;
    }

    @Override
    public void close() {
      err.flush();
    }

    private static String up() {
      return "\r" + ESCAPE + LINES + "A";
    }
  }
}
