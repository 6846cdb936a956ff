package dev.sluice.async;

import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// An action that must happen: inside a context of the user if that context runs it, and without
/// the context if not. A context that ran no action would stop a driver, or keep a source from
/// being cancelled.
///
/// The handler of uncaught exceptions gets a failure of the context. The caller gets a failure of
/// the action, and the context does not see it.
final class Carried implements Runnable {
  private final Runnable action;
  private final Runnable inContext;
  private boolean hasRun;
  private @Nullable Throwable failure;

  /// @param context is applied now, on the thread that asks
  Carried(UnaryOperator<Runnable> context, Runnable action) {
    this.action = action;
    this.inContext = applied(context, this::act);
  }

  static Runnable applied(UnaryOperator<Runnable> context, Runnable action) {
    return Objects.requireNonNull(context.apply(action), "a context must give something to run");
  }

  private void act() {
    hasRun = true;
    try {
      action.run();
    } catch (RuntimeException | Error failed) {
      failure = failed;
    }
  }

  @Override
  public void run() {
    hasRun = false;
    failure = null;
    Timer.alone(inContext);
    if (!hasRun) {
      act();
    }
    switch (failure) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException thrown -> throw thrown;
      default -> throw new IllegalStateException(failure);
    }
  }
}
