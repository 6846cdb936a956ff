package dev.sluice.async;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Drives a fan-out on the serial executor of a [Run]. The end of that run cancels the fan-out.
final class RunDriver<T, R extends @Nullable Object, Z extends @Nullable Object>
    extends StartedRun<Z> {
  private final Core<T, R> core;
  private final Run run;
  private final Function<Summary, Z> result;
  private final Runnable drive;
  private final Future<?> endOfRun;

  // Tasks of the executor own these: whether the last step was taken, and the next wake-up, if
  // there is one.
  private boolean isOver;
  private @Nullable Future<?> alarm;

  RunDriver(
      FanOut<T, R> plan,
      Run run,
      Iterable<? extends T> inputs,
      Sink<T, R> sink,
      Function<Summary, Z> result) {
    this.run = run;
    this.result = result;
    this.core = new Core<>(plan, new RunTimer(run), inputs, sink, this::wake);
    this.drive = core.carriedSurely(this::drive);
    var ended = run.ended(); // a run that has ended cancels before the first step
    this.endOfRun = ended;
    ended.thenRun(this::stop);
    wake();
  }

  private void wake() {
    try {
      run.executor().execute(drive);
    } catch (RejectedExecutionException killed) {
      // The run was killed and takes no step any more: other runs get the permits that it waits
      // for.
      core.leaveLimiter();
      settleCancelled();
    }
  }

  private void drive() {
    if (isOver) {
      return;
    }
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
    }
    var due = core.step();
    if (due == Core.DONE) {
      isOver = true;
      endOfRun.cancel(false);
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
