package dev.sluice.async;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Drives a run on the serial executor of a [Run].
final class RunDriver<T, R extends @Nullable Object, Z extends @Nullable Object>
    extends Started<Z> {
  private final Core<T, R> core;
  private final Run run;
  private final Function<Summary, Z> result;
  private final Runnable drive;

  // Owned by the executor: the wake-up that is due next, if one is.
  private @Nullable Future<?> alarm;

  RunDriver(
      FanOut<T, R> plan,
      Run run,
      Iterable<? extends T> inputs,
      Sink<T, R> sink,
      Function<Summary, Z> result) {
    this.run = run;
    this.result = result;
    this.core = new Core<>(plan, new RunClockwork(run), inputs, sink, this::wake);
    this.drive = core.carriedSurely(this::drive);
    wake();
  }

  private void wake() {
    try {
      run.executor().execute(drive);
    } catch (RejectedExecutionException over) {
      settleCancelled(); // the island has ended and nobody waits for this run any more
    }
  }

  private void drive() {
    if (isDone()) {
      return;
    }
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
    }
    var due = core.step();
    if (due == Core.DONE) {
      end(result);
    } else if (due != Core.NEVER) {
      var sleep = run.sleep(Duration.ofNanos(Math.max(0, due - run.nanoTime())));
      alarm = sleep;
      sleep.thenRun(drive);
    }
  }

  @Override
  Core<?, ?> core() {
    return core;
  }
}
