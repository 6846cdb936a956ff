package dev.sluice.async;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/// The time of a [Run]. Cancels run on its executor.
record RunTimer(Run run) implements Timer {
  @Override
  public long nanoTime() {
    return run.nanoTime();
  }

  @Override
  public Future<?> at(long dueNanos, Runnable action) {
    var sleep = run.sleep(Duration.ofNanos(Math.max(0, dueNanos - run.nanoTime())));
    sleep.thenRun(action);
    return sleep;
  }

  @Override
  public void cancel(Runnable action) {
    run.executor().execute(() -> Timer.alone(action));
  }

  @Override
  public RandomGenerator random() {
    return run.random();
  }
}
