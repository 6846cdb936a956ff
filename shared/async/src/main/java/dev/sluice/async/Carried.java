package dev.sluice.async;

import java.util.Objects;
import java.util.function.UnaryOperator;

/// Something that must happen, inside a context of the user's if that runs it, and without it if
/// not: a driver that a context swallows drives nothing, and a source is not cancelled by it.
final class Carried implements Runnable {
  private final Runnable action;
  private final Runnable inContext;
  private boolean hasRun;

  /// @param context applied now, on the thread that asks
  Carried(UnaryOperator<Runnable> context, Runnable action) {
    this.action = action;
    this.inContext = applied(context, this::act);
  }

  static Runnable applied(UnaryOperator<Runnable> context, Runnable action) {
    return Objects.requireNonNull(context.apply(action), "a context must give something to run");
  }

  private void act() {
    hasRun = true;
    action.run();
  }

  @Override
  public void run() {
    hasRun = false;
    try {
      inContext.run();
    } finally {
      if (!hasRun) {
        act();
      }
    }
  }
}
